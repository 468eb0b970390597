# What tests of an installed relu0 share. Included with `work`, `generator`, `build_type`, `cxx_compiler`, `cxx_flags` and
# `prefix_path` set; installs go to `prefix`.
cmake_minimum_required(VERSION 3.25)
set(prefix "${work}/prefix")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(configure
    "${CMAKE_COMMAND}"
    -G
    "${generator}"
    -D
    "CMAKE_BUILD_TYPE=${build_type}"
    -D
    "CMAKE_CXX_COMPILER=${cxx_compiler}"
    -D
    "CMAKE_CXX_FLAGS=${cxx_flags}"
    -D
    "CMAKE_PREFIX_PATH=${prefix}\;${prefix_path}"
    -D
    "CMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON")
set(configure_options "")

# build_and_test(<source folder> <name> <configure option>…)
function(build_and_test source name)
  run(${configure} ${configure_options} -S "${source}" -B "${work}/${name}" ${ARGN})
  run("${CMAKE_COMMAND}" --build "${work}/${name}")
  run("${CMAKE_CTEST_COMMAND}" --test-dir "${work}/${name}" --output-on-failure --no-tests=error)
endfunction()
