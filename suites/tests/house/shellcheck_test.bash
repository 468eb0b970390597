#!/usr/bin/env bash
# Every shell script of the project passes shellcheck. Argument: the root of the project.
set -euo pipefail
cd "$1"
command -v shellcheck >/dev/null || {
  echo "shellcheck not found; ci/install-packages tests installs it"
  exit 77
}
mapfile -t scripts < <(grep --recursive --files-with-matches --extended-regexp --max-count=1 \
  '^(#!.*\b(ba)?sh$|# shellcheck shell=bash)' .ci ci suites/tests/house)
((${#scripts[@]} > 0))
echo "shellcheck ${scripts[*]}"
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
