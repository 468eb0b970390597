#!/usr/bin/env bash
# What ci/install-packages does and does not do, with a dpkg-query and an apt-get of our own. Argument: the root of
# the project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
# A copy, because the checkout may lie where other users may not look.
cp -r "$1/ci" "$work/ci"
chmod -R u=rwX,go=rX "$work"
script=$work/ci/install-packages

# No command but these is in reach: above all no sudo.
for tool in bash cat dirname env grep sed sleep; do
  ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
cat >"$work/bin/dpkg-query" <<'DPKG'
#!/usr/bin/env bash
while read -r package; do echo "$package installed"; done <"$WORK/installed"
[[ ! -s $WORK/half-removed ]] || while read -r package; do echo "$package config-files"; done <"$WORK/half-removed"
exit 1
DPKG
# Fails as often as the file `failures` has lines.
cat >"$work/bin/apt-get" <<'APT'
#!/usr/bin/env bash
echo "$DEBIAN_FRONTEND $*" >>"$WORK/calls"
if [[ -s $WORK/failures ]]; then
  sed -i 1d "$WORK/failures"
  exit 100
fi
APT
# Stands in for the wait between two attempts.
rm "$work/bin/sleep"
printf '#!/usr/bin/env bash\n' >"$work/bin/sleep"
chmod 755 "$work"/bin/{apt-get,dpkg-query,sleep}

# check <what> <expected status> <command …>: runs it and keeps what it said in $said.
said=
check() {
  local what=$1 expected=$2 status=0
  shift 2
  : >"$work/calls"
  chmod 666 "$work/calls"
  said=$(cd / && PATH=$work/bin WORK=$work "$@" 2>&1) || status=$?
  if ((status != expected)); then
    printf '%s: exit code %d instead of %d; it said:\n%s\n' "$what" "$status" "$expected" "$said"
    exit 1
  fi
}
die() {
  printf '%s; it said:\n%s\nand called:\n' "$1" "$said"
  cat "$work/calls"
  exit 1
}

: >"$work/failures"
: >"$work/half-removed"
"$script" --list all >"$work/installed"
grep --quiet --line-regexp libtorch-dev "$work/installed" || die "--list names no libtorch-dev"
[[ $("$script" --list build) != *libgtest-dev* ]] || die "the build group names GoogleTest"

check "all are installed" 0 "$script"
[[ ! -s $work/calls ]] || die "apt-get was called although all are installed"

as_root=("$script")
as_nobody=("$script")
if ((EUID == 0)); then
  as_nobody=("$(command -v setpriv)" --reuid=65534 --regid=65534 --clear-groups "$script")
else
  # Nothing of the script needs more rights than its sudo gives; a sudo that only runs the command stands in.
  printf '#!/usr/bin/env bash\nexec "$@"\n' >"$work/bin/sudo"
  chmod 755 "$work/bin/sudo"
fi

sed -i '/^libfmt-dev$/d; /^cmake$/d' "$work/installed"
echo cmake >"$work/half-removed"
check "two are missing" 0 "${as_root[@]}"
mapfile -t calls <"$work/calls"
((${#calls[@]} == 2)) || die "two calls of apt-get were expected"
[[ ${calls[0]} == "noninteractive "*" update" ]] || die "the first call is no update"
[[ ${calls[1]} == "noninteractive "*" install --no-install-recommends cmake libfmt-dev" ]] ||
  die "the second call does not install just what is missing"

check "the tests group lacks nothing" 0 "${as_root[@]}" tests
[[ ! -s $work/calls ]] || die "apt-get was called for packages of the other group"

printf 'once\n' >"$work/failures"
check "apt-get fails once" 0 "${as_root[@]}"
(($(grep --count ' update$' "$work/calls") == 2)) || die "the failed update was not tried again"

printf 'once\ntwice\n' >"$work/failures"
check "apt-get fails twice" 1 "${as_root[@]}"
[[ $said == *"failed twice"* ]] || die "the second failure is not named"

check "an unknown group" 2 "${as_root[@]}" everything

rm -f "$work/bin/sudo"
check "neither root nor sudo" 3 "${as_nobody[@]}"
[[ $said == *"neither root nor sudo"*"apt-get install --no-install-recommends cmake libfmt-dev"* ]] ||
  die "the message does not name the remedy"
[[ ! -s $work/calls ]] || die "apt-get was called without the right to"

rm "$work/bin/apt-get"
check "no Debian" 3 "${as_root[@]}"
[[ $said == *"no Debian system"* ]] || die "the message does not say what is wrong"
echo "all as expected"
