#!/usr/bin/env bash
# Every script of ci/ explains itself when asked with --help from another folder. Argument: the root of the project.
set -euo pipefail
root=$1
cd /
failed=0
count=0
while IFS= read -r script; do
  count=$((count + 1))
  if ! help=$("$script" --help </dev/null 2>&1) || [[ $help != *"Usage: "*"${script##*/}"* ]]; then
    printf '%s --help does not explain its usage; it said:\n%s\n' "$script" "$help"
    failed=1
  fi
done < <(find "$root/ci" "$root/ci/slurm" -maxdepth 1 -type f -perm -u+x)
echo "$count scripts"
((count > 0 && failed == 0))
