# Finds OpenCV's imgcodecs and leaves its imported target `opencv_imgcodecs`. Sets Relu0OpenCV_FOUND.
# All of OpenCV (Debian: libopencv-dev) comes with a configuration file; libopencv-imgcodecs-dev alone does not, and its
# files are looked for one by one.
find_package(OpenCV 4 QUIET CONFIG COMPONENTS core imgcodecs)
if(NOT TARGET opencv_imgcodecs)
  find_path(RELU0_OPENCV_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
  find_library(RELU0_OPENCV_CORE opencv_core)
  find_library(RELU0_OPENCV_IMGCODECS opencv_imgcodecs)
  mark_as_advanced(RELU0_OPENCV_INCLUDE_DIR RELU0_OPENCV_CORE RELU0_OPENCV_IMGCODECS)
  if(RELU0_OPENCV_INCLUDE_DIR AND RELU0_OPENCV_CORE AND RELU0_OPENCV_IMGCODECS)
    add_library(opencv_imgcodecs UNKNOWN IMPORTED GLOBAL)
    set_target_properties(
      opencv_imgcodecs
      PROPERTIES IMPORTED_LOCATION "${RELU0_OPENCV_IMGCODECS}"
                 INTERFACE_INCLUDE_DIRECTORIES "${RELU0_OPENCV_INCLUDE_DIR}"
                 INTERFACE_LINK_LIBRARIES "${RELU0_OPENCV_CORE}")
  endif()
endif()
set(Relu0OpenCV_FOUND FALSE)
if(TARGET opencv_imgcodecs)
  set(Relu0OpenCV_FOUND TRUE)
endif()
