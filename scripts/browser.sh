#!/usr/bin/env bash
# Brings what the tests of the sandbox's pages need: Chromium (by apt-get, where that can be run) and axe-core (by npm).
# Without either, those tests are skipped by name.
set -euo pipefail
cd "$(dirname "$0")/.."

axe=axe-core@4.11.4

if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
command -v chromium || echo 'No Chromium: the tests of pages in a browser are skipped'

mkdir -p .cache/axe
cd .cache/axe
if [[ ! -e package/axe.min.js ]]; then
  if command -v npm >/dev/null; then
    tar xzf "$(npm pack --silent "$axe")"
  else
    echo 'No npm, and so no axe-core: the tests of accessibility are skipped'
  fi
fi
