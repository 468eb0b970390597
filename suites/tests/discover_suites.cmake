# Writes the ctest entries of one executable of GoogleTests: one for each slow test suite, and one for several quick ones
# (quick_suites.cmake), which share a process: loading LibTorch takes half a second, as long as most suites do.
#   cmake -D executable=… -D work=… -D prefix=… -D reports=… -D properties=… -D output=… -P discover_suites.cmake
# executable   the program; it runs in the folder `work`
# prefix       of the entries' names, which are <prefix>.<Suite>, or <prefix>.<Suite>+<Suite>… of suites that share a process
# reports      the folder in which an entry leaves GoogleTest's report, <prefix>.<first Suite>.xml with '_' for each '/'
# properties   ctest's, for each entry; the prefix is a label too, 'quick' of those that are, and 'gpu' where the
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

# How many quick suites share a process.
set(together 25)
set(entries "")

# add_entry(<labels> <suite>…): the entry of these suites.
function(add_entry labels)
  list(JOIN ARGN "+" name)
  list(TRANSFORM ARGN APPEND ".*" OUTPUT_VARIABLE patterns)
  list(JOIN patterns ":" filter)
  list(GET ARGN 0 first)
  string(REPLACE "/" "_" file "${prefix}.${first}")
  string(APPEND entries "add_test([=[${prefix}.${name}]=] [=[${executable}]=] [=[--gtest_filter=${filter}]=] "
         "[=[--gtest_output=xml:${reports}/${file}.xml]=])\n"
         "set_tests_properties([=[${prefix}.${name}]=] PROPERTIES WORKING_DIRECTORY [=[${work}]=] LABELS [=[${labels}]=] "
         "${properties})\n")
  set(entries "${entries}" PARENT_SCOPE)
endfunction()

# Suites stand at the beginning of a line and end with a dot ("All/Networks.  # TypeParam = …"); their cases follow,
# indented by two spaces. The lines are taken apart one by one, since a CMake list would mind the ';' and '[' in them.
set(quick "")
string(REGEX REPLACE "[][;\\]" "_" listed "${listed}")
string(REGEX REPLACE "\n" ";" lines "${listed}")
foreach(line IN LISTS lines)
  if(line MATCHES "^([^ ]+)\\.( +#.*)?$")
    set(suite "${CMAKE_MATCH_1}")
    set(registered NO)
  elseif(line MATCHES "^  ([^ ]+)" AND NOT registered AND NOT CMAKE_MATCH_1 MATCHES "^DISABLED_")
    set(registered YES)
    set(labels "${prefix}")
    if(NOT suite IN_LIST slow)
      list(APPEND labels quick)
    endif()
    if(suite MATCHES "Cuda")
      # What needs a GPU, and is skipped without one.
      add_entry("${labels};gpu" "${suite}")
    elseif(suite IN_LIST slow)
      add_entry("${labels}" "${suite}")
    else()
      list(APPEND quick "${suite}")
      list(LENGTH quick count)
      if(count EQUAL together)
        add_entry("${labels}" ${quick})
        set(quick "")
      endif()
    endif()
  endif()
endforeach()
if(quick)
  add_entry("${prefix};quick" ${quick})
endif()
if(entries STREQUAL "")
  message(FATAL_ERROR "${executable} has no tests")
endif()
file(WRITE "${output}" "${entries}")
