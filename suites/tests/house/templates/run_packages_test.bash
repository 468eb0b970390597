#!/usr/bin/env bash
# Every library that relu0 is linked with comes from a package that `ci/install-packages run` installs, or that every
# Debian system has: an image of ci/templates/Containerfile can run it. Arguments: the root of the project, relu0.
set -euo pipefail
root=$1
relu0=$2
for tool in objdump dpkg-query ldd; do
  command -v "$tool" >/dev/null || {
    echo "$tool not found"
    exit 77
  }
done
torch=$(ldd "$relu0" | awk '/libtorch_cpu/ { print $3 }')
if [[ $(readlink --canonicalize "$torch") != /usr/lib/* ]]; then
  echo "relu0 is not linked with Debian's LibTorch"
  exit 77
fi
mapfile -t installed < <("$root/ci/install-packages" --list run)
# What the system itself runs on.
installed+=(libc6 libgcc-s1 libstdc++6)
failed=0
count=0
while read -r library; do
  count=$((count + 1))
  file=$(ldd "$relu0" | awk -v library="$library" '$1 == library { print $3 }')
  file=$(readlink --canonicalize "${file:-/lib64/$library}")
  # The package lists it below /usr/lib or below /lib, which are one folder.
  package=$(dpkg-query --search "$file" "${file#/usr}" 2>/dev/null | head -n 1 | cut -d : -f 1 || true)
  if [[ " ${installed[*]} " != *" $package "* ]]; then
    echo "$library is in ${package:-no package}, which 'ci/install-packages run' does not install"
    failed=1
  fi
done < <(objdump --private-headers "$relu0" | awk '$1 == "NEEDED" { print $2 }')
echo "$count libraries"
((count > 0 && failed == 0))
