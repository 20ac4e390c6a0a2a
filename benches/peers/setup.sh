#!/bin/sh
# Installs the peers from packages into a Python environment in the user's cache, and prints its interpreter.
set -eu
home="${XDG_CACHE_HOME:-$HOME/.cache}/anchorhold-peers"
here="$(cd "$(dirname "$0")" && pwd)"
command -v strace >/dev/null || { echo "strace is missing: apt-get install strace" >&2; exit 1; }
[ -x "$home/venv/bin/python" ] || python3 -m venv "$home/venv" >&2
"$home/venv/bin/pip" install --quiet --requirement "$here/requirements.txt" >&2
echo "$home/venv/bin/python"
