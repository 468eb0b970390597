# Run at every build (cmake -P): fills in suites/command_line/build_info.cpp.in, and touches the result only when it changes.
execute_process(
  COMMAND git -C "${SOURCE_DIR}" describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE RELU0_REVISION
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT RELU0_REVISION)
  set(RELU0_REVISION unknown)
endif()
configure_file("${SOURCE_DIR}/suites/command_line/build_info.cpp.in" "${OUTPUT}" @ONLY)
