# What tests of an installed relu0 share. Included with `work`, `generator`, `cxx_compiler`, `ccache`, `cxx_flags` and
# `prefix_path` set; installs go to `prefix`.
cmake_minimum_required(VERSION 3.25)
set(prefix "${work}/prefix")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# What every project below is configured with. In a file, since paths are lists. Without a build type: they are compiled
# without optimisation, since what is tested is that they compile, link and run.
file(
  WRITE "${work}/options.cmake"
  "set(CMAKE_CXX_COMPILER [[${cxx_compiler}]] CACHE STRING \"\")
set(CMAKE_CXX_FLAGS [[${cxx_flags}]] CACHE STRING \"\")
set(CMAKE_PREFIX_PATH [[${prefix};${prefix_path}]] CACHE STRING \"\")
set(CMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY ON CACHE BOOL \"\")
")
if(ccache)
  file(APPEND "${work}/options.cmake" "set(CMAKE_CXX_COMPILER_LAUNCHER [[${ccache}]] CACHE STRING \"\")\n")
endif()
set(configure "${CMAKE_COMMAND}" -G "${generator}" -C "${work}/options.cmake")

# without_packages(<package>…): from here on, as on a machine that lacks them.
function(without_packages)
  foreach(package IN LISTS ARGN)
    file(APPEND "${work}/options.cmake" "set(CMAKE_DISABLE_FIND_PACKAGE_${package} ON CACHE BOOL \"\")\n")
  endforeach()
endfunction()

# build_and_test(<source folder> <name> <configure option>…)
function(build_and_test source name)
  run(${configure} -S "${source}" -B "${work}/${name}" ${ARGN})
  run("${CMAKE_COMMAND}" --build "${work}/${name}")
  run("${CMAKE_CTEST_COMMAND}" --test-dir "${work}/${name}" --output-on-failure --no-tests=error)
endfunction()
