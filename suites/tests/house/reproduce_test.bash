#!/usr/bin/env bash
# What ci/reproduce asks of relu0 and makes of its answer. Argument: the root of the project.
# shellcheck source=stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/stub_project.bash"

mkdir -p "$project/build/release/suites"
# Writes a report where it is told to, and ends as the file `status` says.
stub "$project/build/release/suites/relu0" <<'RELU0'
echo "relu0 $*" >>"$WORK/calls"
while (($# > 0)); do
  case "$1" in
    --out) out=$2 ;;
    --out=*) out=${1#--out=} ;;
  esac
  shift
done
mkdir -p "$out" && : >"$out/report.html"
exit "$(<"$WORK/status")"
RELU0
echo 0 >"$work/status"
reproduce=$project/ci/reproduce

# ran <arguments>: whether relu0 was called once, with just these.
ran() {
  [[ $(grep '^relu0 ' "$work/calls") == "relu0 $*" ]] || die "relu0 was not called with: $*"
}

check "without arguments" 0 "$reproduce"
[[ $called == "install-packages build"$'\n'"cmake --preset release in $project"$'\n'"cmake --build $project/build/release "* ]] ||
  die "it does not install, configure and build, in this order"
ran run --scale quick --out "$project/relu0-out"
[[ $said == *"Report: $project/relu0-out/report.html" ]] || die "it does not end with the path of the report"

check "the caller's scale" 0 "$reproduce" depth --scale paper
ran run depth --scale paper --out "$project/relu0-out"
check "the caller's scale, joined" 0 "$reproduce" --scale=paper
ran run --scale=paper --out "$project/relu0-out"

check "the caller's folder" 0 "$reproduce" --out here
ran run --scale quick --out here
[[ $said == *"Report: $work/elsewhere/here/report.html" ]] || die "the path is not that of the caller's folder"
check "the caller's folder, joined" 0 "$reproduce" --out=there
ran run --scale quick --out=there
[[ $said == *"Report: $work/elsewhere/there/report.html" ]] || die "the path is not that of the caller's folder"

echo 5 >"$work/status"
check "relu0's exit code is passed on" 5 "$reproduce"
[[ $said == *"Report: $project/relu0-out/report.html" ]] || die "the report of a run that failed is not named"

stub "$work/bin/cmake" <<<'exit 3'
check "a build that fails" 3 "$reproduce"
[[ $called != *relu0\ run* ]] || die "relu0 was run after a build that failed"
echo "all as expected"
