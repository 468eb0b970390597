# The parts of relu0 that can be asked for by themselves: of a build (-D RELU0_COMPONENTS=reference) and of an installed
# relu0 (find_package(relu0 COMPONENTS reference)). Both read this file.

# Each stands after those that it needs.
set(RELU0_ALL_COMPONENTS network models fixtures reference torch gtest analysis reports suites)
set(RELU0_NETWORK_NEEDS "")
set(RELU0_MODELS_NEEDS network)
set(RELU0_FIXTURES_NEEDS network)
set(RELU0_REFERENCE_NEEDS network)
set(RELU0_TORCH_NEEDS network)
set(RELU0_GTEST_NEEDS torch reference)
set(RELU0_ANALYSIS_NEEDS models fixtures reference)
set(RELU0_REPORTS_NEEDS analysis)
set(RELU0_SUITES_NEEDS reports gtest)

# relu0_resolve_components(<result> <component>…): those components and all that they need, in the order of
# RELU0_ALL_COMPONENTS. A name that is none of these is left out; relu0_unknown_components() finds it.
function(relu0_resolve_components result)
  set(wanted ${ARGN})
  set(all ${RELU0_ALL_COMPONENTS})
  list(REVERSE all)
  foreach(component IN LISTS all)
    if(component IN_LIST wanted)
      string(TOUPPER "${component}" upper)
      list(APPEND wanted ${RELU0_${upper}_NEEDS})
    endif()
  endforeach()
  set(resolved "")
  foreach(component IN LISTS RELU0_ALL_COMPONENTS)
    if(component IN_LIST wanted)
      list(APPEND resolved "${component}")
    endif()
  endforeach()
  set(${result} "${resolved}" PARENT_SCOPE)
endfunction()

# relu0_unknown_components(<result> <component>…): those of the names that no component has.
function(relu0_unknown_components result)
  set(unknown ${ARGN})
  list(REMOVE_ITEM unknown ${RELU0_ALL_COMPONENTS})
  set(${result} "${unknown}" PARENT_SCOPE)
endfunction()
