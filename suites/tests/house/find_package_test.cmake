# Installs the build into a prefix of its own, then configures, builds and runs the project in consumer/ against that
# prefix alone: what users of find_package(relu0 CONFIG) do.
cmake_minimum_required(VERSION 3.25)
set(prefix "${work}/prefix")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run("${CMAKE_COMMAND}" --install "${relu0_build}" --prefix "${prefix}")
run("${prefix}/bin/relu0" list)
run("${CMAKE_COMMAND}"
    -S "${consumer}"
    -B "${work}/build"
    -G "${generator}"
    -D "CMAKE_BUILD_TYPE=${build_type}"
    -D "CMAKE_CXX_COMPILER=${cxx_compiler}"
    -D "CMAKE_CXX_FLAGS=${cxx_flags}"
    -D "CMAKE_PREFIX_PATH=${prefix};${prefix_path}"
    -D "CMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON")
run("${CMAKE_COMMAND}" --build "${work}/build")
run("${CMAKE_CTEST_COMMAND}" --test-dir "${work}/build" --output-on-failure --no-tests=error)
