#!/usr/bin/env bash
# The browser of the tests in this folder, from Debian's packages, unless there is one.
set -euo pipefail
if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi
if [ -n "${CHROMIUM:-}" ]; then
  echo "CHROMIUM names $CHROMIUM, which is not there." >&2
  exit 1
fi
if ! command -v apt-get > /dev/null; then
  echo "There is no apt-get here. Install Chromium, and name its place in CHROMIUM." >&2
  exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then root=(sudo); fi
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends chromium > /dev/null
