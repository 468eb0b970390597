# Which suites of tests have the label 'quick', for a loop of editing, compiling and testing: all that are not recorded as
# taking so many seconds of processor time or more. `ctest -L quick` takes less than two minutes on two cores.
set(relu0_quick_seconds 3)
# Recorded by record_durations.cmake: lines "suite<tab>processor seconds".
set(relu0_durations "${CMAKE_CURRENT_LIST_DIR}/durations.tsv")

# relu0_slow_suites(<out> <prefix>): the recorded suites whose names begin with <prefix> and a dot, without these.
function(relu0_slow_suites out prefix)
  set(names "")
  file(STRINGS "${relu0_durations}" lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "^${prefix}[.]([^\t]+)\t")
      list(APPEND names "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()
