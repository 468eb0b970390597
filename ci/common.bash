# shellcheck shell=bash
# What the scripts of this folder share; they source it.
set -euo pipefail

# The repository, whatever folder a script is called from.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # used by the scripts that source this file
readonly root

# step <text>: announces a step, with the time since the script began.
step() {
  printf '\n==> [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"
}

# fail <status> <text>: ends the script with a message.
fail() {
  local status=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$status"
}

# help_if_asked <arguments>: prints the comment at the head of the calling script for --help and ends it.
help_if_asked() {
  case "${1-}" in
    -h | --help)
      sed -n '2,/^[^#]/ { /^#/ { s/^# \{0,1\}//; p } }' "$0"
      exit 0
      ;;
  esac
}

# option_value <option> <default> <arguments>: the value of an option among them, `--out DIR` or `--out=DIR`; of several
# the last one.
option_value() {
  local option=$1 value=$2 previous='' argument
  shift 2
  for argument in "$@"; do
    case "$previous" in "$option") value=$argument ;; esac
    case "$argument" in "$option"=*) value=${argument#*=} ;; esac
    previous=$argument
  done
  printf '%s\n' "$value"
}

# Builds with a preset, all cores. On a log each line of ninja tells what is done of what.
build_preset() {
  step "Configuring the preset '$1' in build/$1"
  (cd "$root" && cmake --preset "$1" "${@:2}")
  step "Building on $(nproc) cores"
  NINJA_STATUS='[%f/%t, %es] ' cmake --build "$root/build/$1" --parallel "$(nproc)"
}
