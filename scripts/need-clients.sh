#!/bin/sh
# What the tests of clients and of their pages need: Python 3 with venv, Node 20 with npm, curl and openssl. Debian and its
# kin install them here when this runs as root; elsewhere it says what is missing.
set -eu
missing=""
command -v python3 >/dev/null || missing="$missing python3"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
command -v curl >/dev/null || missing="$missing curl"
command -v openssl >/dev/null || missing="$missing openssl"
is_root() { [ "$(id -u)" = 0 ]; }
if [ -n "$missing" ] && is_root && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2086 # one word for each package
  install() { apt-get install --yes --no-install-recommends $missing >/dev/null; }
  install || { apt-get update >/dev/null && install; } && missing=""
fi
if [ -n "$missing" ]; then
  echo "the tests of clients need:$missing (Debian: apt-get install$missing)" >&2
  exit 1
fi
# Debian 12 has Node 18; a newer one comes as a package of npm, in front of it (/usr/local/bin).
is_old() { [ "$(node --print 'process.versions.node.split(".")[0]')" -lt 20 ]; }
if is_old && is_root; then
  npm install --global node@22 >/dev/null
  hash -r
fi
if is_old; then
  echo "the tests of the TypeScript client need Node 20 or later (npm install --global node@22)" >&2
  exit 1
fi
