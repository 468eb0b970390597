# Records how long GoogleTest's suites of tests take, from what ctest noted of its runs in a build folder: those that take longer than a
# suite of the label 'quick' may. Run it after a whole `ctest` on a quiet machine.
#   cmake -D build=build/ci -P suites/tests/record_durations.cmake
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/quick_suites.cmake")

set(noted "${build}/Testing/Temporary/CTestCostData.txt")
if(NOT EXISTS "${noted}")
  message(FATAL_ERROR "${noted}: there is none; run ctest there first")
endif()
# Lines "name runs seconds", up to a line of dashes. Suites begin with a capital, unlike scripts.
file(STRINGS "${noted}" lines REGEX "^[^ .]+[.][A-Z][^ ]* [0-9]+ [0-9.e+-]+$")
set(slow "")
foreach(line IN LISTS lines)
  string(REPLACE " " ";" fields "${line}")
  list(GET fields 0 name)
  list(GET fields 1 runs)
  list(GET fields 2 seconds)
  # CMake compares whole numbers only: seconds as they are before the point.
  string(REGEX REPLACE "[.].*" "" whole_seconds "${seconds}")
  if(runs GREATER 0 AND NOT seconds MATCHES "e-" AND whole_seconds GREATER_EQUAL relu0_quick_seconds)
    list(APPEND slow "${name}\t${whole_seconds}")
  endif()
endforeach()
list(SORT slow)
list(JOIN slow "\n" text)
file(WRITE "${relu0_durations}" "suite\tseconds\n${text}\n")
list(LENGTH slow count)
message(STATUS "${relu0_durations}: ${count} suites that take ${relu0_quick_seconds} seconds or longer")
