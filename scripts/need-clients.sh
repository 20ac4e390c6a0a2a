#!/bin/sh
# What the tests of the pages for clients need: Python 3, Node, curl and openssl. Debian and its kin install
# them here when this runs as root; elsewhere it says what is missing.
set -eu
missing=""
command -v python3 >/dev/null || missing="$missing python3"
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
