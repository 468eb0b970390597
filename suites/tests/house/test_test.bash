#!/usr/bin/env bash
# What ci/test asks of ctest and makes of its answer. Argument: the root of the project.
# shellcheck source=stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/stub_project.bash"

mkdir -p "$project/build/ci"
# Leaves the results that the files `results.xml` and `suite.xml` hold, and ends as the file `status` says.
stub "$work/bin/ctest" <<'CTEST'
echo "ctest $* in $PWD" >>"$WORK/calls"
[[ ! -f $WORK/suite.xml ]] || cp "$WORK/suite.xml" build/ci/test-reports/a.All_Suite.xml
while (($# > 0)); do
  [[ $1 != --output-junit ]] || cp "$WORK/results.xml" "$2"
  shift
done
exit "$(<"$WORK/status")"
CTEST
echo 0 >"$work/status"

cat >"$work/results.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)" tests="3" failures="0" disabled="0" skipped="2">
	<testcase name="a.All/Suite" classname="a.All/Suite" time="0.1" status="run">
		<system-out>[  SKIPPED ] All/Suite.Skips/1 (0 ms)</system-out>
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
cat >"$work/suite.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="0" disabled="0" errors="0" time="0.1" name="AllTests">
  <testsuite name="All/Suite" tests="3" failures="0" disabled="0" skipped="2" errors="0" time="0.1">
    <testcase name="Passes/0" value_param="&quot;: Skipped&quot;" line="9" status="run" result="completed" time="0" classname="All/Suite" />
    <testcase name="Skips/1" file="../a.cpp" line="12" status="run" result="skipped" time="0" classname="All/Suite">
      <skipped message="../a.cpp:12&#x0A;no MNIST in &lt;here&gt; &amp; there&#x0A;nor elsewhere"><![CDATA[../a.cpp:12
no MNIST in <here> & there
nor elsewhere]]></skipped>
    </testcase>
    <testcase name="SkipsSilently" file="../a.cpp" line="20" status="run" result="skipped" time="0" classname="All/Suite">
      <skipped message="../a.cpp:20&#x0A;"><![CDATA[../a.cpp:20
]]></skipped>
    </testcase>
  </testsuite>
</testsuites>
XML
mkdir -p "$project/build/ci/test-reports"
cp "$work/suite.xml" "$project/build/ci/test-reports/b.OfAnEarlierRun.xml"
check "tests that pass, four skipped" 0 "$project/ci/test" -L a
[[ $called == "install-packages all"$'\n'"cmake --preset ci in $project"$'\n'"cmake --build $project/build/ci "*$'\n'"ctest --preset ci "*" -L a in $project" ]] ||
  die "it does not install, configure, build and test, in this order"
[[ $said == *"Passed"*"Skipped, 4:
  a.All/Suite.Skips/1: no MNIST in <here> & there
  a.All/Suite.SkipsSilently
  house.format: clang-format 14 not found
  house.quiet" ]] || die "the skipped tests are not named as expected"
[[ $said != *"Failed cases"* ]] || die "it names failed cases where none failed"

echo 8 >"$work/status"
echo '<testsuite><testcase name="a.Suite" status="fail"/></testsuite>' >"$work/results.xml"
cat >"$work/suite.xml" <<'XML'
<testsuite name="Suite" tests="1" failures="1">
    <testcase name="Fails" file="../a.cpp" line="7" status="run" result="completed" time="0" classname="Suite">
      <failure message="../a.cpp:9&#x0A;Expected equality&#x0A;  1" type=""><![CDATA[../a.cpp:9
Expected equality]]></failure>
      <failure message="../a.cpp:10&#x0A;Expected more" type=""><![CDATA[../a.cpp:10
Expected more]]></failure>
    </testcase>
</testsuite>
XML
check "a test that fails" 8 "$project/ci/test"
[[ $said == *"Failed (exit code 8)
Failed cases, 1:
  a.Suite.Fails: Expected equality
No test was skipped." ]] || die "the failure is not named"

# Two executables of GoogleTests, one of which has the case that is asked for.
for label in a b; do
  mkdir -p "$project/build/ci/suites/tests/$label"
  stub "$project/build/ci/suites/tests/$label/${label}_tests" <<'TESTS'
echo "${0##*/} $1 in ${PWD##*/}" >>"$WORK/calls"
case "$0 $1" in
  *a_tests*"=Suite.Fails") cp "$WORK/suite.xml" "${2#--gtest_output=xml:}" && exit 1 ;;
  *) echo '<testsuites tests="0"/>' >"${2#--gtest_output=xml:}" ;;
esac
TESTS
done
check "a single case, which fails" 1 "$project/ci/test" --case Suite.Fails
[[ $called == *"a_tests --gtest_filter=Suite.Fails in a"$'\n'"b_tests --gtest_filter=Suite.Fails in b" ]] ||
  die "it does not ask each executable for the case"
[[ $said == *"a.Suite.Fails: Expected equality"* ]] || die "the failed case is not named"
check "a case that does not exist" 5 "$project/ci/test" --case Suite.Missing
[[ $said == *"No case matches 'Suite.Missing'."* ]] || die "it does not say that nothing was selected"
check "no pattern" 2 "$project/ci/test" --case

stub "$work/bin/cmake" <<<'exit 3'
check "a build that fails" 3 "$project/ci/test"
[[ $called != *ctest* ]] || die "tests were run after a build that failed"
echo "all as expected"
