# Finds libonnx and the protobuf that it is built with, and leaves the imported targets `onnx` and `relu0_protobuf`. Sets
# Relu0Onnx_FOUND.
# An official LibTorch holds headers, and sometimes a library, of another protobuf, and where its configuration is asked
# first, protobuf::libprotobuf is an empty target. So protobuf is taken from where libonnx is.
find_package(Protobuf QUIET)
find_package(ONNX QUIET CONFIG)
if(TARGET onnx AND NOT TARGET relu0_protobuf)
  get_target_property(relu0_onnx_headers onnx INTERFACE_INCLUDE_DIRECTORIES)
  get_target_property(relu0_onnx_library onnx LOCATION)
  cmake_path(GET relu0_onnx_library PARENT_PATH relu0_onnx_folder)
  find_path(RELU0_PROTOBUF_INCLUDE_DIR google/protobuf/message_lite.h PATHS ${relu0_onnx_headers} NO_DEFAULT_PATH)
  find_path(RELU0_PROTOBUF_INCLUDE_DIR google/protobuf/message_lite.h)
  find_library(RELU0_PROTOBUF_LIBRARY protobuf PATHS "${relu0_onnx_folder}" NO_DEFAULT_PATH)
  find_library(RELU0_PROTOBUF_LIBRARY protobuf)
  mark_as_advanced(RELU0_PROTOBUF_INCLUDE_DIR RELU0_PROTOBUF_LIBRARY)
  if(RELU0_PROTOBUF_INCLUDE_DIR AND RELU0_PROTOBUF_LIBRARY)
    add_library(relu0_protobuf UNKNOWN IMPORTED GLOBAL)
    set_target_properties(
      relu0_protobuf PROPERTIES IMPORTED_LOCATION "${RELU0_PROTOBUF_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                              "${RELU0_PROTOBUF_INCLUDE_DIR}")
  endif()
endif()
set(Relu0Onnx_FOUND FALSE)
if(TARGET onnx AND TARGET relu0_protobuf)
  set(Relu0Onnx_FOUND TRUE)
endif()
