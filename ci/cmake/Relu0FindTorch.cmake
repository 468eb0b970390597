# Finds LibTorch, Debian's or an official one whose folder is in CMAKE_PREFIX_PATH, and leaves its imported target
# `torch`, which both have. Sets Relu0Torch_FOUND and, where that is false, Relu0Torch_PROBLEM, a sentence that says what
# is wrong and what to do.
# Included from file scope (not from a function: a LibTorch with CUDA enables a language).
set(Relu0Torch_FOUND FALSE)
set(Relu0Torch_PROBLEM "")

# The configuration of a LibTorch that was built for CUDA ends CMake, with messages about Caffe2, where the CUDA toolkit is
# not there; so such a one is recognised before it is asked.
set(relu0_libtorch_places "$ENV{CMAKE_PREFIX_PATH}")
string(REPLACE ":" ";" relu0_libtorch_places "${relu0_libtorch_places}")
set(relu0_libtorch_places "${Torch_ROOT}" "$ENV{Torch_ROOT}" ${CMAKE_PREFIX_PATH} ${relu0_libtorch_places})
list(TRANSFORM relu0_libtorch_places APPEND "/share/cmake/Torch")
if(Torch_DIR)
  list(PREPEND relu0_libtorch_places "${Torch_DIR}")
endif()
foreach(relu0_libtorch_place IN LISTS relu0_libtorch_places)
  if(EXISTS "${relu0_libtorch_place}/TorchConfig.cmake")
    cmake_path(SET relu0_libtorch_root NORMALIZE "${relu0_libtorch_place}/../../..")
    if(EXISTS "${relu0_libtorch_root}/lib/libtorch_cuda.so")
      find_package(CUDAToolkit QUIET)
      if(NOT CUDAToolkit_FOUND OR NOT CUDAToolkit_NVCC_EXECUTABLE)
        set(Relu0Torch_PROBLEM
            "The LibTorch in ${relu0_libtorch_root} is built for CUDA, and CMake finds no CUDA toolkit with nvcc here. Install the toolkit (CUDAToolkit_ROOT names its folder), or take the download of LibTorch that is named cpu.")
      endif()
    endif()
    break()
  endif()
endforeach()

if(NOT Relu0Torch_PROBLEM)
  if(DEFINED CMAKE_MESSAGE_LOG_LEVEL)
    set(relu0_message_log_level "${CMAKE_MESSAGE_LOG_LEVEL}")
  endif()
  # Its configuration files report a dozen lines of their own search.
  set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
  find_package(Torch QUIET)
  unset(CMAKE_MESSAGE_LOG_LEVEL)
  if(DEFINED relu0_message_log_level)
    set(CMAKE_MESSAGE_LOG_LEVEL "${relu0_message_log_level}")
    unset(relu0_message_log_level)
  endif()

  set(relu0_libtorch_links "")
  if(TARGET torch::nvtoolsext)
    get_target_property(relu0_libtorch_links torch::nvtoolsext INTERFACE_LINK_LIBRARIES)
  endif()
  if(NOT Torch_FOUND OR NOT TARGET torch)
    set(Relu0Torch_PROBLEM
        "LibTorch not found. `ci/install-packages build` installs Debian's; for an official one, put its folder into CMAKE_PREFIX_PATH.")
  elseif(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    set(Relu0Torch_PROBLEM
        "The LibTorch in ${Torch_DIR} is built for the pre-C++11 ABI, which other libraries cannot be linked with. Take the download that is named cxx11-abi.")
  elseif("CUDA::nvToolsExt" IN_LIST relu0_libtorch_links AND NOT TARGET CUDA::nvToolsExt)
    set(Relu0Torch_PROBLEM
        "The LibTorch in ${Torch_DIR} links nvToolsExt, which the CUDA toolkit that CMake finds does not have any more. Take the toolkit of the version that LibTorch was built for, or a newer LibTorch.")
  else()
    set(Relu0Torch_FOUND TRUE)
  endif()
endif()

# Official LibTorch 2.x comes with headers of {fmt}, often of another version than the installed library. They lie in the
# same folder as LibTorch's, so that what includes both gets them. Then it compiles what it needs of them itself.
if(Relu0Torch_FOUND)
  foreach(relu0_libtorch_headers IN LISTS TORCH_INCLUDE_DIRS)
    if(EXISTS "${relu0_libtorch_headers}/fmt/format.h" AND NOT relu0_libtorch_headers IN_LIST
                                                            CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      target_compile_definitions(torch INTERFACE FMT_HEADER_ONLY)
      break()
    endif()
  endforeach()
endif()
