#!/bin/sh
# What `make demo` runs: one example compiled to both targets, then executed twice on this machine.
set -eu
cd "$(dirname "$0")"
demo=$(mktemp -d)
trap 'rm -rf "$demo"' EXIT
say() { printf '\n$ %s\n' "$*"; }

say dagwright compile word_count.py -t argo -o argo/
dagwright compile word_count.py -t argo -o "$demo/argo/"
ls -l "$demo/argo" | awk 'NR > 1 { printf "%8d bytes  %s\n", $5, $9 }'

say dagwright compile word_count.py -t batch -o batch/
dagwright compile word_count.py -t batch -o "$demo/batch/"
ls -l "$demo/batch" | awk 'NR > 1 { printf "%8d bytes  %s\n", $5, $9 }'

for turn in first second; do
    say "dagwright run word_count.py    # the $turn time"
    dagwright run --store "file://$demo/store" word_count.py
done
