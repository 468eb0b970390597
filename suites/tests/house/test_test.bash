#!/usr/bin/env bash
# What ci/test asks of ctest and makes of its answer. Argument: the root of the project.
# shellcheck source=stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/stub_project.bash"

mkdir -p "$project/build/ci"
# Leaves the results that the file `results.xml` holds, and ends as the file `status` says.
stub "$work/bin/ctest" <<'CTEST'
echo "ctest $* in $PWD" >>"$WORK/calls"
while (($# > 0)); do
  [[ $1 != --output-junit ]] || cp "$WORK/results.xml" "$2"
  shift
done
exit "$(<"$WORK/status")"
CTEST
echo 0 >"$work/status"

cat >"$work/results.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)" tests="4" failures="0" disabled="0" skipped="3">
	<testcase name="a.Passes" classname="a.Passes" time="0.1" status="run">
		<system-out>[  OK ] : Skipped is only a word here</system-out>
	</testcase>
	<testcase name="a.Skips" classname="a.Skips" time="0.1" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>[ RUN      ] a.Skips
/a.cpp:12: Skipped
no MNIST in &lt;here&gt; &amp; there

[  SKIPPED ] a.Skips (0 ms)
</system-out>
	</testcase>
	<testcase name="house.format" classname="house.format" time="0.1" status="notrun">
		<skipped message="SKIP_RETURN_CODE=77"/>
		<system-out>format: looking
clang-format 14 not found
</system-out>
	</testcase>
	<testcase name="house.quiet" classname="house.quiet" time="0.1" status="notrun">
		<skipped message="SKIP_RETURN_CODE=77"/>
		<system-out></system-out>
	</testcase>
</testsuite>
XML
check "tests that pass, three skipped" 0 "$project/ci/test" -L a
[[ $called == "install-packages all"$'\n'"cmake --preset ci in $project"$'\n'"cmake --build $project/build/ci "*$'\n'"ctest --preset ci "*" -L a in $project" ]] ||
  die "it does not install, configure, build and test, in this order"
[[ $said == *"Passed"*"Skipped, 3:
  a.Skips: no MNIST in <here> & there
  house.format: clang-format 14 not found
  house.quiet" ]] || die "the skipped tests are not named as expected"

echo 8 >"$work/status"
echo '<testsuite><testcase name="a.Fails" status="fail"/></testsuite>' >"$work/results.xml"
check "a test that fails" 8 "$project/ci/test"
[[ $said == *"Failed (ctest exit code 8)"*"No test was skipped." ]] || die "the failure is not named"

stub "$work/bin/cmake" <<<'exit 3'
check "a build that fails" 3 "$project/ci/test"
[[ $called != *ctest* ]] || die "tests were run after a build that failed"
echo "all as expected"
