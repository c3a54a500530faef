#!/usr/bin/env bash
# Runs each fuzz target of the module for the time given, for example 10s.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:?usage: scripts/fuzz.sh DURATION}
declaration='^func (Fuzz[A-Za-z0-9_]*)\(.*'
count=0
while IFS=: read -r file declared; do
  target=$(sed -E "s/$declaration/\1/" <<<"$declared")
  echo "$target in ${file%/*}"
  # The module's own tests are not run again: -run takes the seeds of this target alone.
  go test -run "^$target\$" -fuzz "^$target\$" -fuzztime "$duration" "./${file%/*}" </dev/null
  count=$((count + 1))
done < <(grep -rE "$declaration" --include='*_test.go' internal)
[[ $count -gt 0 ]] || { echo 'no fuzz target found' >&2; exit 1; }
echo "$count fuzz targets held for $duration each"
