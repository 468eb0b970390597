# Installs the build into a prefix of its own, then configures, builds and runs the project in suites/examples/gate against
# that prefix alone: once as it is, and once broken on purpose, with what its failures have to say.
include("${CMAKE_CURRENT_LIST_DIR}/consumer_test.cmake")

run("${CMAKE_COMMAND}" --install "${relu0_build}" --prefix "${prefix}")
# No reports below the source folder, and no variables of this run in the examples'.
set(ENV{RELU0_EXAMPLE_BROKEN})
set(ENV{CI} true)
build_and_test("${examples}/gate" gate)

# tests(<result> <output> <option of ctest>…): runs the tests of the example.
function(tests result output)
  execute_process(
    COMMAND "${CMAKE_CTEST_COMMAND}" --test-dir "${work}/gate" --output-on-failure ${ARGN}
    RESULT_VARIABLE exit_code
    OUTPUT_VARIABLE text)
  set(${result} ${exit_code} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

# expect(<output> <text>…): fails unless the output holds each of the texts.
function(expect output)
  foreach(text IN LISTS ARGN)
    string(FIND "${output}" "${text}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "'${text}' should be in:\n${output}")
    endif()
  endforeach()
endfunction()

tests(result output --verbose -R gate_of_large_model)
expect("${output}" "relu0: the gate is skipped: ${work}/gate/large_model.pt is not there" "***Skipped")
tests(result output -N -L relu0-gate --fixture-exclude-any model)
expect("${output}" ": gate\n" ": gate_of_large_model\n" "Total Tests: 2")

set(ENV{RELU0_EXAMPLE_BROKEN} 1)
tests(result output)
if(result EQUAL 0)
  message(FATAL_ERROR "the example should fail where it is broken on purpose:\n${output}")
endif()
expect(
  "${output}"
  "Gradients.DoNotDependOnReluAtZero (Failed)"
  "Gradients.LieBetweenOneSidedDerivatives (Failed)"
  "Gradients.AreThoseOfTheReference (Failed)"
  "gate (Failed)"
  "whose gradient depends on ReLU'(0) in 2 tensors of 4:"
  "'fc1.weight', float32 {8, 4}: "
  "call 1, relu0::relu in module 'relu1', input float32 {2, 8}: 2 elements at the kink 'relu'"
  "which leaves them:"
  "which is off by more:"
  "What to do:"
  "red: "
  "relu = 0 against 1 changes the gradient")

# A file that is not there and not OPTIONAL fails the test, with the remedy.
file(REMOVE "${work}/gate/model.pt")
tests(result output -R "^gate$" --fixture-exclude-setup model)
expect("${output}" "relu0: ${work}/gate/model.pt is not there. Make it before this test runs" "gate (Failed)")

# What the README of suites/gate shows of it stands in it.
file(STRINGS "${examples}/gate/model_tests.cpp" example)
file(STRINGS "${relu0_source}/suites/gate/README.md" readme)
set(shown 0)
set(inside FALSE)
foreach(line IN LISTS readme)
  if(line STREQUAL "<!-- suites/examples/gate/model_tests.cpp -->")
    set(inside begins)
  elseif(inside STREQUAL "begins")
    set(inside TRUE)
  elseif(line STREQUAL "```")
    set(inside FALSE)
  elseif(inside)
    math(EXPR shown "${shown} + 1")
    if(NOT line IN_LIST example)
      message(FATAL_ERROR "suites/gate/README.md shows '${line}', which is not in suites/examples/gate/model_tests.cpp")
    endif()
  endif()
endforeach()
if(shown LESS 5)
  message(FATAL_ERROR "suites/gate/README.md shows ${shown} lines of suites/examples/gate/model_tests.cpp")
endif()
