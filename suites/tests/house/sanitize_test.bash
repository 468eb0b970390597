#!/usr/bin/env bash
# What ci/sanitize builds and runs and how it tells of a failure. Argument: the root of the project.
# shellcheck source=stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/stub_project.bash"

# tests_of <suite>: its executable is the text on standard input, which sees the number of its piece.
tests_of() {
  mkdir -p "$project/build/sanitize/suites/tests/$1"
  stub "$project/build/sanitize/suites/tests/$1/$1_tests"
}
for suite in fixtures reference analysis reports suites house; do
  tests_of "$suite" <<'TESTS'
echo "${0##*/} $GTEST_SHARD_INDEX of $GTEST_TOTAL_SHARDS in $PWD" >>"$WORK/calls"
echo '[==========] 2 tests from 1 test suite ran. (1 ms total)'
echo '[  PASSED  ] 2 tests.'
TESTS
done
pieces=$((4 * $(nproc)))

check "all suites" 0 "$project/ci/sanitize"
[[ $called == "cmake --preset sanitize in $project"$'\n'"cmake --build $project/build/sanitize "*fixtures_tests*house_tests* ]] ||
  die "it does not configure and build first"
for suite in fixtures reference analysis reports suites house; do
  for ((piece = 0; piece < pieces; piece++)); do
    [[ $called == *"${suite}_tests $piece of $pieces in $project/build/sanitize/suites/tests/$suite"* ]] ||
      die "piece $piece of $suite was not run in its folder"
  done
done
[[ $said == *"$((2 * pieces)) tests passed, 0 skipped"*"Nothing found"* ]] || die "the tests were not counted"

check "one suite" 0 "$project/ci/sanitize" reports
[[ $called == *"--target reports_tests in "* && $called != *fixtures* ]] || die "others than reports were built or run"

check "an unknown suite" 2 "$project/ci/sanitize" report
[[ $said == *"no suite 'report'"* && -z $called ]] || die "it began with an unknown suite"

tests_of reports <<'TESTS'
((GTEST_SHARD_INDEX == 1)) || exit 0
echo '[ RUN      ] Store.Opens'
echo '[       OK ] Store.Opens (0 ms)'
echo '[ RUN      ] Store.Closes'
echo '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1'
exit 1
TESTS
check "a fault" 1 "$project/ci/sanitize" reports
[[ $said == *"reports-1.txt:"*"Store.Closes"*"heap-use-after-free"*"1 of $pieces pieces failed"* ]] ||
  die "the fault, its test and its log are not named"

tests_of reports <<'TESTS'
((GTEST_SHARD_INDEX == 1)) || exit 0
echo '[  FAILED  ] Store.Closes (0 ms)'
echo '[==========] 2 tests from 1 test suite ran. (1 ms total)'
echo '[  PASSED  ] 1 test.'
exit 1
TESTS
check "a test that fails" 1 "$project/ci/sanitize" reports
[[ $said == *"1 tests passed"*"[  FAILED  ] Store.Closes"* ]] || die "the failed test is not named"

stub "$work/bin/cmake" <<<'exit 3'
check "a build that fails" 3 "$project/ci/sanitize"
[[ $called != *_tests* ]] || die "tests were run after a build that failed"
echo "all as expected"
