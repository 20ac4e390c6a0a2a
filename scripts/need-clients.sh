#!/bin/sh
# What the tests of the clients and of their pages need: Python 3 with venv, Node, curl and openssl. Debian and its
# kin install them here when this runs as root; elsewhere it says what is missing.
set -eu
missing=""
command -v python3 >/dev/null || missing="$missing python3"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
command -v node >/dev/null || missing="$missing nodejs"
command -v curl >/dev/null || missing="$missing curl"
command -v openssl >/dev/null || missing="$missing openssl"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2086 # one word for each package
  apt-get install --yes --no-install-recommends $missing >/dev/null && exit 0
fi
echo "the tests of clients need:$missing (Debian: apt-get install$missing)" >&2
exit 1
