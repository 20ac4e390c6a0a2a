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

# A proof in shards: its name, the numbers of its shards, and the command; the command finds its
# number in ANCHORHOLD_SHARD and writes docs/evidence/proofs/<name>/<number>.json.
proof() { # name, first, last, command ...
  name="$1"; number="$2"; last="$3"; shift 3
  while [ "$number" -le "$last" ]; do
    if [ -s "docs/evidence/proofs/$name/$number.json" ]; then
      echo "evidence: $name $number exists"
    else
      echo "evidence: $name $number: $*"
      ANCHORHOLD_EVIDENCE="$PWD/docs/evidence/proofs" ANCHORHOLD_SHARD="$number" "$@"
    fi
    number=$((number + 1))
  done
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

cargo xtask evidence
