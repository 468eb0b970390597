# What is said where LibTorch's own configuration does not work, of stand-ins that hold what relu0 looks at: a LibTorch
# for CUDA without the toolkit, one of the pre-C++11 ABI, one that links a library that newer toolkits lack.
include("${CMAKE_CURRENT_LIST_DIR}/consumer_test.cmake")

file(WRITE "${work}/project/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)
project(torch_problems LANGUAGES CXX)
include([[${relu0_source}/ci/cmake/Relu0FindTorch.cmake]])
message(STATUS \"found: \${Relu0Torch_FOUND}, problem: \${Relu0Torch_PROBLEM}\")
")

# expect_problem(<name> <configuration of LibTorch> <text>): configures the project with the stand-in of a LibTorch.
function(expect_problem name configuration text)
  file(WRITE "${work}/${name}/share/cmake/Torch/TorchConfig.cmake" "${configuration}")
  execute_process(
    COMMAND ${configure} -S "${work}/project" -B "${work}/build_${name}" -D "Torch_DIR=${work}/${name}/share/cmake/Torch"
            ${ARGN}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${name}: CMake should go on, and say what is wrong; got: ${output}")
  endif()
  string(FIND "${output}" "found: FALSE, problem: The LibTorch in ${work}/${name}" place)
  string(FIND "${output}" "${text}" place_of_text)
  if(place EQUAL -1 OR place_of_text EQUAL -1)
    message(FATAL_ERROR "${name}: '${text}' should be in: ${output}")
  endif()
endfunction()

set(library "set(Torch_FOUND TRUE)
add_library(torch INTERFACE IMPORTED)
")
file(WRITE "${work}/cuda/lib/libtorch_cuda.so" "")
expect_problem(
  cuda "message(FATAL_ERROR \"Your installed Caffe2 version uses CUDA but I cannot find the CUDA libraries.\")"
  "is built for CUDA, and CMake finds no CUDA toolkit with nvcc here. Install the toolkit"
  -D CMAKE_DISABLE_FIND_PACKAGE_CUDAToolkit=ON)
expect_problem(old_abi "${library}set(TORCH_CXX_FLAGS -D_GLIBCXX_USE_CXX11_ABI=0)"
               "is built for the pre-C++11 ABI, which other libraries cannot be linked with. Take the download")
expect_problem(
  nvtoolsext "${library}add_library(torch::nvtoolsext INTERFACE IMPORTED)
set_property(TARGET torch::nvtoolsext PROPERTY INTERFACE_LINK_LIBRARIES CUDA::nvToolsExt)"
  "links nvToolsExt, which the CUDA toolkit that CMake finds does not have any more")
