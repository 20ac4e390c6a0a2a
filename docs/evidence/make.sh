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
shard prompts-harbor "$binary" eval prompts --data tests/data/harbor.json --json
shard recall-harbor-ablation "$binary" eval retrieval --data tests/data/harbor.json --ablation --json
if [ -n "${LOCOMO:-}" ]; then
  shard recall-locomo "$binary" eval retrieval --data "$LOCOMO" --through http --json
  shard prompts-locomo "$binary" eval prompts --data "$LOCOMO" --json
  shard recall-locomo-ablation "$binary" eval retrieval --data "$LOCOMO" --ablation --json
else
  echo "evidence: left out: recall on LoCoMo; set LOCOMO to the path of locomo10.json (CC BY-NC 4.0)"
fi

slow="cargo test --release --package anchorhold-cli --features slow --test slow"
proof kills 0 6 $slow three_hundred_kills
proof kills-erase 0 0 $slow two_hundred_kills_inside_erasures
proof kills-checkpoint 0 0 $slow two_hundred_kills_inside_checkpoints
proof kills-backup 0 0 $slow two_hundred_kills_inside_backups
proof kills-restore 0 0 $slow two_hundred_kills_inside_restores
proof kills-import 0 0 $slow two_hundred_kills_inside_imports
proof kills-move 0 0 $slow a_hundred_kills_inside_moves
store="cargo test --release --package anchorhold-store --test main"
proof flips 0 7 $store flips:: -- --skip survey_of_flips
proof wal-cut 0 15 $store wal::a_log_that_is_cut
proof wal-cut-shared 0 0 $store wal::a_shared_log
proof splice-blocks 0 0 $store splice::any_two_blocks
proof splice-files 0 0 $store splice::files_that_change_places
proof splice-rows 0 0 $store splice::rows_that_are_moved
proof splice-keys 0 0 $store splice::wrapped_keys
proof splice-moments 0 0 $store splice::files_of_another_moment
suite="cargo test --release --package anchorhold-cli --test suite"
proof faults-sync 0 2 $suite faults::syncs::no_write_is_acknowledged
proof faults-write 0 2 $suite faults::syncs::a_write_a_cut_or_a_removal
proof faults-persistent 0 0 $suite faults::syncs::while_nothing_can_be_synced
proof faults-one-file 0 0 $suite faults::syncs::a_file_that_fails_alone
proof faults-full-disk 0 0 $suite faults::full_disk
proof faults-file-size 0 0 $suite faults::file_size
proof faults-descriptors 0 0 $suite faults::descriptors
proof export 1 4 env ANCHORHOLD_PORT_CASES=500 cargo nextest run -p anchorhold-memory porting
proof export-http 1 4 env ANCHORHOLD_PORT_CASES=500 cargo nextest run -p anchorhold-http porting
proof erase-scan 0 0 $suite plaintext::erased
# A million traces of callers, fifty thousand a shard.
proof noninterference 1 20 env ANCHORHOLD_PAIRS=50000 \
  cargo test --release --package anchorhold-sim --test main ten_thousand
# What a model server gets for a user beside ten others and beside ten thousand.
proof prompts 0 0 env ANCHORHOLD_OTHERS=10000 cargo nextest run -p anchorhold-http beside_many
# The same over HTTP without sockets.
proof noninterference-http 1 4 env ANCHORHOLD_HTTP_PAIRS=20000 \
  cargo test --release --package anchorhold-sim --test main over_http
# And over loopback, through two real servers.
proof noninterference-binary 0 0 env ANCHORHOLD_BINARY_PAIRS=100 \
  cargo test --package anchorhold-cli --test suite noninterference
# Whether that would notice a bug.
proof seeded-bugs 0 0 cargo test --package anchorhold-sim --features sabotage every_seeded

store="cargo test --release --package anchorhold-store --test main"
proof verify 0 3 env ANCHORHOLD_FLIPS=400 $store survey_of_flips
proof backup-under-load 0 0 env ANCHORHOLD_RECORDS=100000 $store backup_under_load

# What a choice of 300,000 entries keeps, and how long it takes; embedding them takes minutes.
proof choice 0 0 env ANCHORHOLD_MEMORIES=300000 \
  cargo test --release --package anchorhold-memory --test main choosing

# Ten thousand keys that an application could choose.
proof isolation-keys 1 3 cargo nextest run -p anchorhold-memory ten_thousand_keys
# Every reader over inputs made of its corpus; all targets write their shard of one run.
proof fuzz-key-text 1 1 env ANCHORHOLD_FUZZ_RUNS=1000000 cargo nextest run --workspace --lib fuzzing
# With cargo-fuzz and cargo-mutants; without them these are left out, and what is there is kept.
if cargo fuzz --version >/dev/null 2>&1; then
  for target in key_text jwks identity_headers jwt signed_request sealed_record wrapped_key address filter body chat stream_events import_line head import_cut \
    record cursor epoch_row state_row extract catalogue_row audit_chain backup_head mcp_message; do
    proof "fuzz-$(echo "$target" | tr _ -)" 0 0 cargo xtask fuzz "$target"
  done
fi
if cargo mutants --version >/dev/null 2>&1; then
  proof mutants 0 11 cargo xtask mutants
fi

cargo xtask evidence
