#!/bin/sh
# What the tests of faults need beside the Rust toolchain: strace lets system calls fail, unshare
# and nsenter give a disk of eight megabytes to one process. Debian and its kin install them here
# when this runs as root; elsewhere it says what is missing.
set -eu
missing=""
command -v strace >/dev/null || missing="$missing strace"
command -v unshare >/dev/null && command -v nsenter >/dev/null || missing="$missing util-linux"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2086 # one word for each package
  apt-get install --yes --no-install-recommends $missing >/dev/null && exit 0
fi
echo "the tests of faults need:$missing (Debian: apt-get install$missing)" >&2
exit 1
