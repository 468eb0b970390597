# Finds LibTorch, Debian's or an official one whose folder is in CMAKE_PREFIX_PATH, and leaves its imported target
# `torch`, which both have. Sets Relu0Torch_FOUND and, where that is false, Relu0Torch_PROBLEM.
# Included from file scope (not from a function: a LibTorch with CUDA enables a language).
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

set(Relu0Torch_FOUND FALSE)
if(NOT Torch_FOUND OR NOT TARGET torch)
  set(Relu0Torch_PROBLEM
      "LibTorch not found. `ci/install-packages build` installs Debian's; for an official one, put its folder into CMAKE_PREFIX_PATH.")
elseif(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  set(Relu0Torch_PROBLEM
      "The LibTorch in ${Torch_DIR} is built for the pre-C++11 ABI, which other libraries cannot be linked with. Take the download that is named cxx11-abi.")
else()
  set(Relu0Torch_FOUND TRUE)
endif()
