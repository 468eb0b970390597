#!/bin/sh
# What a test of relu0_add_gate() runs: the gate, once its files are there.
#
# Usage: relu0_gate_test.sh required|optional FILE... -- PROGRAM ARGUMENT...
#
# Exit codes: those of the program; 77 where a FILE is not there and that is optional; 2 where it is required.
mode=$1
shift
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ ! -e "$1" ]; then
    if [ "$mode" = optional ]; then
      echo "relu0: the gate is skipped: $1 is not there, and relu0_add_gate() was told OPTIONAL"
      exit 77
    fi
    echo "relu0: $1 is not there. Make it before this test runs (FIXTURES_REQUIRED), correct its path, or say" \
      "OPTIONAL in relu0_add_gate() to skip the gate without it." >&2
    exit 2
  fi
  shift
done
shift
exec "$@"
