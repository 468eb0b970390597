#!/usr/bin/env bash
# What the templates of ci/templates run, run here: on a model that is red and one that is green, by the relu0 of this
# build. Holds what ci/templates/README.md quotes against what was printed. Arguments: the root of the project, relu0.
set -euo pipefail
root=$1
relu0=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for modules in yaml torch; do
  /usr/bin/python3 -c "import $modules" 2>/dev/null || {
    echo "python3-$modules not found; ci/install-packages tests installs it"
    exit 77
  }
done
/usr/bin/python3 "$root/suites/tests/suites/gate/make_models.py" "$work"
mkdir "$work/bin"
ln -s "$relu0" "$work/bin/relu0"
cd "$work"
printf "version = 1\n" >relu0.toml

die() {
  printf '%s; it said:\n%s\n' "$1" "$said"
  exit 1
}

# run <expected status> <template> <NAME=VALUE …>: what the template runs, as its service would.
said=
run() {
  local expected=$1 template=$2 status=0
  shift 2
  rm -rf relu0-gate
  : >summary
  : >output
  /usr/bin/python3 "$here/steps.py" "$root/ci/templates/$template" "$@" >steps.bash
  # In an image of the Containerfile the script lies there.
  sed -i "s|/opt/relu0/ci/gate|$root/ci/gate|" steps.bash
  said=$(env -u RELU0 -u RELU0_GATE_ARGUMENTS PATH="$work/bin:$PATH" GITHUB_ACTION_PATH="$root/ci/templates/github" \
    GITHUB_STEP_SUMMARY="$work/summary" GITHUB_OUTPUT="$work/output" bash steps.bash 2>&1) || status=$?
  ((status == expected)) || die "$template $*: exit code $status instead of $expected"
}
has_reports() {
  local file
  for file in gate.html gate.json gate.sarif junit.xml summary.md; do
    [[ -s relu0-gate/$file ]] || die "there is no $file"
  done
}

run 1 github/action.yml model=impacted.pt inputs=batches.pt policy=relu0.toml arguments="--batch-size 8"
has_reports
red=$said
cmp --quiet summary relu0-gate/summary.md || die "the job's page does not show the summary"
[[ $(<output) == "exit-code=1"$'\n'"reports=relu0-gate" ]] || die "the outputs are $(<output)"
run 0 github/action.yml model=unimpacted.pt inputs=batches.pt arguments="--batch-size 8"
[[ $(<summary) == "## relu0 gate: green"* ]] || die "the job's page does not say green"
# The workflow's own names of files are those of its user.
cp unimpacted.pt model.pt
run 0 github/workflow.yml arguments="--batch-size 8"
run 2 github/action.yml model=truncated.pt inputs=batches.pt
[[ $(<summary) == *"exit code 2"* ]] || die "the job's page does not say that there is no report"

for template in gitlab.yml Jenkinsfile; do
  prefix=
  [[ $template != gitlab.yml ]] || prefix=RELU0_
  run 1 "$template" "${prefix}MODEL=impacted.pt" "${prefix}INPUTS=batches.pt" RELU0_GATE_ARGUMENTS="--batch-size 8"
  has_reports
  grep --quiet '<failure ' relu0-gate/junit.xml || die "junit.xml has no failure"
  run 0 "$template" "${prefix}MODEL=unimpacted.pt" "${prefix}INPUTS=batches.pt" RELU0_GATE_ARGUMENTS="--batch-size 8"
done

# The lines that are quoted from the log, in their order; how many checks passed is no part of them.
said=$red
quoted=$(awk '$0 == "```" { quoted = 0 } quoted; $0 == "```text" { quoted = 1 }' "$root/ci/templates/README.md")
[[ -n $quoted ]] || die "the README quotes nothing"
uncounted() {
  sed 's/[0-9]* passed/N passed/'
}
mapfile -t lines < <(uncounted <<<"$red")
next=0
while IFS= read -r line; do
  while ((next < ${#lines[@]})) && [[ ${lines[next]} != "$line" ]]; do
    next=$((next + 1))
  done
  ((next < ${#lines[@]})) || die "the README quotes a line that the gate does not print: '$line'"
done < <(uncounted <<<"$quoted")
echo "all as expected"
