#!/usr/bin/env bash
# Downloads a released sandbox, verifies its checksum, starts it, and passes its settings on to the later steps of the job.
# VERSION, FLAGS and RELEASES come from action.yml; the rest of the environment from the runner.
set -euo pipefail

case $RUNNER_OS in
  Linux) os=linux ;;
  macOS) os=darwin ;;
  *) echo "The sandbox cannot be started on $RUNNER_OS" >&2; exit 1 ;;
esac
case $RUNNER_ARCH in
  X64) arch=amd64 ;;
  ARM64) arch=arm64 ;;
  *) echo "There is no sandbox for $RUNNER_ARCH" >&2; exit 1 ;;
esac

dir=$(mktemp -d "$RUNNER_TEMP/flow-sandbox-XXXXXX")
cd "$dir"
archive=flow-sandbox_${VERSION}_${os}_${arch}.zip
sums=terraform-provider-flow_${VERSION}_SHA256SUMS
for file in "$archive" "$sums"; do
  curl --fail --silent --show-error --location --output "$file" "$RELEASES/v$VERSION/$file"
done
if command -v sha256sum >/dev/null; then check=(sha256sum --check); else check=(shasum --algorithm 256 --check); fi
grep -F "  $archive" "$sums" | "${check[@]}" -
unzip -q "$archive"

# FLAGS are words.
# shellcheck disable=SC2086
nohup ./flow-sandbox --flow-address 127.0.0.1:0 --azure-devops-address 127.0.0.1:0 --env-file sandbox.env $FLAGS >sandbox.log 2>&1 &
sandbox=$!
until [[ -s sandbox.env ]]; do # written when both servers answer
  kill -0 "$sandbox" 2>/dev/null || { cat sandbox.log >&2; exit 1; }
  sleep 0.1
done
# The values are words of the shell without quotation marks: addresses, keys and tokens.
sed 's/^export //' sandbox.env >>"$GITHUB_ENV"
sed -n 's/^export FLOW_BASE_URL=/flow-base-url=/p' sandbox.env >>"$GITHUB_OUTPUT"
