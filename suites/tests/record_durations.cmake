# Records how long GoogleTest's suites of tests take: the processor time that each noted in its report (main.cpp), of those that take
# longer than a suite of the label 'quick' may. Run it after a whole `ci/test`, or after `ctest` in a build folder without reports.
#   cmake -D build=build/ci -P suites/tests/record_durations.cmake
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/quick_suites.cmake")

file(GLOB reports "${build}/test-reports/*.xml")
if(NOT reports)
  message(FATAL_ERROR "${build}/test-reports: there are no reports; run ctest there first")
endif()
set(slow "")
foreach(report IN LISTS reports)
  # <folder>.<Suite>.xml; names hold no '.'.
  cmake_path(GET report FILENAME name)
  string(REGEX REPLACE "[.].*" "" folder "${name}")
  file(STRINGS "${report}" suites REGEX "<testsuite name=.* processor_seconds=")
  foreach(line IN LISTS suites)
    string(REGEX MATCH " name=\"([^\"]+)\"" _ "${line}")
    set(suite "${CMAKE_MATCH_1}")
    # CMake compares whole numbers only: seconds as they are before the point.
    string(REGEX MATCH " processor_seconds=\"([0-9]+)" _ "${line}")
    if(CMAKE_MATCH_1 GREATER_EQUAL relu0_quick_seconds)
      list(APPEND slow "${folder}.${suite}\t${CMAKE_MATCH_1}")
    endif()
  endforeach()
endforeach()
list(SORT slow)
list(JOIN slow "\n" text)
file(WRITE "${relu0_durations}" "suite\tprocessor seconds\n${text}\n")
list(LENGTH slow count)
message(STATUS "${relu0_durations}: ${count} suites that take ${relu0_quick_seconds} seconds or longer")
