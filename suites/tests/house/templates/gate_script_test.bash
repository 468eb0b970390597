#!/usr/bin/env bash
# What ci/gate asks of relu0 and makes of its answer. Argument: the root of the project.
# shellcheck source=../stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/../stub_project.bash"

# Ends as the file `status` says, and writes a summary where that is no 2; notes each of its arguments in brackets.
stub "$work/relu0" <<'RELU0'
{ printf 'relu0' && printf ' [%s]' "$@" && echo; } >>"$WORK/calls"
out=relu0-gate
while (($# > 0)); do
  [[ $1 != --out ]] || out=$2
  shift
done
status=$(<"$WORK/status")
if ((status != 2)); then
  mkdir -p "$out" && echo "exit code $status" >"$out/summary.md"
fi
exit "$status"
RELU0
gate=$project/ci/gate
summary=$work/summary
output=$work/output

# run <expected status> <variables and arguments …>: as a job of GitHub.
run() {
  local expected=$1
  shift
  : >"$summary"
  : >"$output"
  echo "$expected" >"$work/status"
  check "$*" "$expected" env GITHUB_STEP_SUMMARY="$summary" GITHUB_OUTPUT="$output" "$@"
}

run 1 RELU0="$work/relu0" "$gate" "a model.pt" --inputs b.pt
[[ $called == "relu0 [gate] [a model.pt] [--inputs] [b.pt]" ]] || die "its arguments are not handed over as they are"
[[ $(<"$summary") == "exit code 1" ]] || die "the summary is not the gate's"
[[ $(<"$output") == "exit-code=1"$'\n'"reports=relu0-gate" ]] || die "the step's outputs are others"

run 0 RELU0="$work/relu0" RELU0_GATE_ARGUMENTS="--values 'relu=0, 1'  --out \"here too\"" "$gate" m.pt
[[ $called == "relu0 [gate] [m.pt] [--values] [relu=0, 1] [--out] [here too]" ]] || die "the words of one text are others"
[[ $(<"$output") == *"reports=here too" ]] || die "the folder among them is not named"
run 2 RELU0="$work/relu0" RELU0_GATE_ARGUMENTS="--loss 'mse" "$gate" m.pt
[[ $called == "" && $said == *"a quote is not closed: --loss 'mse" ]] || die "it does not name the open quote"

# In this folder lies the summary of the green gate above.
run 2 RELU0="$work/relu0" "$gate" m.pt --out "here too"
[[ $(<"$summary") == *"no report"*"exit code 2"* ]] || die "a gate without a report shows that of another one"
run 3 RELU0="$work/relu0" "$gate" m.pt --out="here too"
check "outside of GitHub" 3 env -u GITHUB_STEP_SUMMARY -u GITHUB_OUTPUT RELU0="$work/relu0" "$gate" m.pt

# None is named: the one in PATH, else one that is built.
cp "$work/relu0" "$work/bin/relu0"
run 5 "$gate" m.pt
[[ $called == "relu0 [gate] [m.pt]" ]] || die "the relu0 in PATH is not used alone"
rm "$work/bin/relu0"
# A relu0 that is installed here would be found.
PATH=$(tr : '\n' <<<"$PATH" | while read -r folder; do [[ -x $folder/relu0 ]] || echo "$folder"; done | paste -sd :)
mkdir -p "$project/build/release/suites"
cp "$work/relu0" "$project/build/release/suites/relu0"
run 4 "$gate" m.pt
[[ $called == "install-packages build"$'\n'"cmake --preset release in $project"$'\n'"cmake --build "*$'\n'"relu0 [gate] [m.pt]" ]] ||
  die "it does not install, configure, build and run, in this order"
stub "$work/bin/cmake" <<<'exit 3'
run 3 "$gate" m.pt
[[ $called != *relu0\ \[gate* ]] || die "a gate was run after a build that failed"
echo "all as expected"
