#!/bin/sh
# What the tests in a browser need: Debian's Chromium. Debian and its kin install it here when this runs as
# root; elsewhere it says what is missing.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  install() { apt-get install --yes --no-install-recommends chromium >/dev/null; }
  install || { apt-get update >/dev/null && install; } && exit 0
fi
echo "the tests in a browser need chromium (Debian: apt-get install chromium)" >&2
exit 1
