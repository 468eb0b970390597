# shellcheck shell=bash
# For tests of ci/test and ci/reproduce, which source it: a copy of the project's scripts in a temporary folder, where
# installing and building are stand-ins that only note that they were called. Argument: the root of the project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
project=$work/project
mkdir -p "$project" "$work/bin" "$work/elsewhere"
cp -r "$1/ci" "$project/ci"

# stub <file>: makes a command of the text on standard input; it finds the folder of this test in $WORK.
stub() {
  { printf '#!/usr/bin/env bash\n' && cat; } >"$1"
  chmod +x "$1"
}
stub "$project/ci/install-packages" <<'INSTALL'
echo "install-packages $*" >>"$WORK/calls"
INSTALL
stub "$work/bin/cmake" <<'CMAKE'
echo "cmake $* in $PWD" >>"$WORK/calls"
CMAKE

# check <what> <expected status> <command …>: runs it in a folder that is not the project's; leaves what it said in
# $said and what it called in $called.
said=
called=
check() {
  local what=$1 expected=$2 status=0
  shift 2
  : >"$work/calls"
  said=$(cd "$work/elsewhere" && PATH=$work/bin:$PATH WORK=$work "$@" 2>&1) || status=$?
  called=$(<"$work/calls")
  ((status == expected)) || die "$what: exit code $status instead of $expected"
}
die() {
  printf '%s\nIt said:\n%s\nand called:\n%s\n' "$1" "$said" "$called"
  exit 1
}
