# relu0_add_gate(NAME <test> MODEL <file> INPUTS <file> [TARGETS <file>] [POLICY <file>] [OUT <folder>] [ARGS <argument>…]
#                [LABELS <label>…] [FIXTURES_REQUIRED <fixture>…] [TIMEOUT <seconds>] [OPTIONAL])
#
# A test of ctest that runs `relu0 gate` on a model and its mini-batches, and fails where the gate is not green: red,
# inconclusive (no kink was met), unusable input. README, "The gate", says what that means.
#
#   NAME      of the test; its label is relu0-gate, and those of LABELS
#   MODEL     TorchScript file
#   INPUTS    file of mini-batches, or one word without a dot that names no file, which the gate reads as it is; TARGETS:
#             file of targets, where they are not in it
#   POLICY    what is allowed, in TOML; without it relu0's defaults, which `relu0 gate --explain` prints
#   OUT       folder of the reports; without it relu0-gate/<NAME> in the current build folder
#   ARGS      further arguments of `relu0 gate`: --loss mse --probe-kinks
#   TIMEOUT   in seconds, 1500 without it
#   OPTIONAL  a model, inputs, targets or policy that is not there when the test runs skips it: exit code 77, with a line
#             that says which. Without OPTIONAL the test fails.
#
# Files may be made by other tests (FIXTURES_REQUIRED). Relative paths are relative to the current source folder; generator
# expressions are taken as they are. The gate runs in the top source folder, which paths in its reports are relative to.
# The program is RELU0_EXECUTABLE: that of the relu0 that find_package() found, unless the caller sets it.
function(relu0_add_gate)
  set(files MODEL INPUTS TARGETS POLICY)
  cmake_parse_arguments(PARSE_ARGV 0 arg "OPTIONAL" "NAME;OUT;TIMEOUT;${files}" "ARGS;LABELS;FIXTURES_REQUIRED")
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "relu0_add_gate: cannot use ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES}")
  endif()
  foreach(required IN ITEMS NAME MODEL INPUTS)
    if(NOT arg_${required})
      message(FATAL_ERROR "relu0_add_gate(${arg_NAME}): say ${required}")
    endif()
  endforeach()
  if(NOT RELU0_EXECUTABLE)
    message(FATAL_ERROR "relu0_add_gate(${arg_NAME}): this relu0 was installed without its program. Build it with "
                        "-D RELU0_COMPONENTS=suites (the default), or set RELU0_EXECUTABLE.")
  endif()
  set(given "")
  foreach(file IN LISTS files)
    if(arg_${file})
      if(file STREQUAL "INPUTS" AND arg_INPUTS MATCHES "^[A-Za-z0-9_-]+$" AND NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${arg_${file}}")
        continue()
      endif()
      string(GENEX_STRIP "${arg_${file}}" stripped)
      if(stripped STREQUAL arg_${file})
        cmake_path(ABSOLUTE_PATH arg_${file} BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
      endif()
      list(APPEND given "${arg_${file}}")
    endif()
  endforeach()
  if(NOT arg_OUT)
    set(arg_OUT "${CMAKE_CURRENT_BINARY_DIR}/relu0-gate/${arg_NAME}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 1500)
  endif()
  set(arguments gate "${arg_MODEL}" --inputs "${arg_INPUTS}" --out "${arg_OUT}")
  foreach(file IN ITEMS TARGETS POLICY)
    if(arg_${file})
      string(TOLOWER "${file}" option)
      list(APPEND arguments "--${option}" "${arg_${file}}")
    endif()
  endforeach()
  set(mode required)
  if(arg_OPTIONAL)
    set(mode optional)
  endif()
  add_test(
    NAME "${arg_NAME}"
    COMMAND sh "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/relu0_gate_test.sh" ${mode} ${given} -- "${RELU0_EXECUTABLE}" ${arguments}
            ${arg_ARGS}
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(
    "${arg_NAME}" PROPERTIES LABELS "relu0-gate;${arg_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT ${arg_TIMEOUT}
                             FIXTURES_REQUIRED "${arg_FIXTURES_REQUIRED}")
endfunction()
