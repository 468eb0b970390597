# Writes the ctest entries of one executable of GoogleTests: one for each test suite, which runs in one process.
#   cmake -D executable=… -D work=… -D prefix=… -D reports=… -D properties=… -D output=… -P discover_suites.cmake
# executable   the program; it runs in the folder `work`
# prefix       of the entries' names, which are <prefix>.<Suite>
# reports      the folder in which the entry <name> leaves GoogleTest's report, <name>.xml with '_' for each '/'
# properties   ctest's, for each entry; the prefix is a label too, 'quick' of those that are (quick_suites.cmake), and 'gpu' where the
#              suite's name has Cuda in it
# output       the file to write, for ctest to include

cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/quick_suites.cmake")
relu0_slow_suites(slow "${prefix}")

execute_process(
  COMMAND "${executable}" --gtest_list_tests
  WORKING_DIRECTORY "${work}"
  TIMEOUT 120
  OUTPUT_VARIABLE listed
  ERROR_VARIABLE said
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${executable} --gtest_list_tests ended with '${status}' and said:\n${listed}${said}")
endif()

# Suites stand at the beginning of a line and end with a dot ("All/Networks.  # TypeParam = …"); their cases follow,
# indented by two spaces. The lines are taken apart one by one, since a CMake list would mind the ';' and '[' in them.
set(entries "")
string(REGEX REPLACE "[][;\\]" "_" listed "${listed}")
string(REGEX REPLACE "\n" ";" lines "${listed}")
foreach(line IN LISTS lines)
  if(line MATCHES "^([^ ]+)\\.( +#.*)?$")
    set(suite "${CMAKE_MATCH_1}")
    set(registered NO)
  elseif(line MATCHES "^  ([^ ]+)" AND NOT registered AND NOT CMAKE_MATCH_1 MATCHES "^DISABLED_")
    set(registered YES)
    set(name "${prefix}.${suite}")
    string(REPLACE "/" "_" file "${name}")
    set(labels "${prefix};quick")
    if(suite IN_LIST slow)
      set(labels "${prefix}")
    endif()
    # What needs a GPU, and is skipped without one.
    if(suite MATCHES "Cuda")
      string(APPEND labels ";gpu")
    endif()
    string(APPEND entries "add_test([=[${name}]=] [=[${executable}]=] [=[--gtest_filter=${suite}.*]=] "
           "[=[--gtest_output=xml:${reports}/${file}.xml]=])\n"
           "set_tests_properties([=[${name}]=] PROPERTIES WORKING_DIRECTORY [=[${work}]=] LABELS [=[${labels}]=] "
           "${properties})\n")
  endif()
endforeach()
if(entries STREQUAL "")
  message(FATAL_ERROR "${executable} has no tests")
endif()
file(WRITE "${output}" "${entries}")
