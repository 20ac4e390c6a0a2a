#!/bin/sh
# Prints the figures that docs/ quotes, as JSON under docs/evidence/. Each shard that exists is
# kept, so an interrupted run goes on where it stopped; delete a file to measure it anew.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release --package anchorhold-cli
binary="${CARGO_TARGET_DIR:-target}/release/anchorhold"

shard() { # name, command ...
  file="docs/evidence/$1.json"; shift
  [ -s "$file" ] && { echo "evidence: $file exists"; return; }
  echo "evidence: $*"
  "$@" > "$file.part" && mv "$file.part" "$file"
}

shard bench "$binary" bench --json
shard recall-harbor "$binary" eval retrieval --data tests/data/harbor.json --through http --json
shard recall-harbor-ablation "$binary" eval retrieval --data tests/data/harbor.json --ablation --json
if [ -n "${LOCOMO:-}" ]; then
  shard recall-locomo "$binary" eval retrieval --data "$LOCOMO" --through http --json
  shard recall-locomo-ablation "$binary" eval retrieval --data "$LOCOMO" --ablation --json
else
  echo "evidence: left out: recall on LoCoMo; set LOCOMO to the path of locomo10.json (CC BY-NC 4.0)"
fi
