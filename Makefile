# Two commands do all set-up: `make serve` and `make test`. The rest is for developers.
# Needed: rustup's toolchain (rust-toolchain.toml pins the version), gcc, make, git; the tests also
# use strace and util-linux, and python3 with venv, nodejs with npm, curl and openssl, which scripts/need-*.sh install on
# Debian.

CARGO ?= cargo
# nextest runs a suite faster and isolates tests; without it plain cargo runs the same tests.
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)
SERVE_ARGUMENTS ?=

.PHONY: serve test test-slow open-webui evidence check bench need need-faults need-clients need-browser

need:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install the Rust toolchain with rustup (https://rustup.rs)"; exit 1; }
	@command -v cc >/dev/null || { echo "a C compiler is missing: apt-get install gcc libc6-dev"; exit 1; }

# strace and util-linux, with which the tests let disks fail.
need-faults:
	@sh scripts/need-faults.sh

# Python, Node, npm, curl and openssl, which the clients and their pages use.
need-clients:
	@sh scripts/need-clients.sh

# Chromium, in which pages of the documents are tried.
need-browser:
	@sh scripts/need-browser.sh

# Runs the server on its embedded default; an empty data directory is initialised at first start.
serve: need
	$(CARGO) run --release --package anchorhold-cli --bin anchorhold -- serve --print-operator-key $(SERVE_ARGUMENTS)

# Every promise at small size.
test: need need-faults need-clients
	$(CARGO) xtask tidy
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run --workspace --no-fail-fast
	$(CARGO) nextest run --package anchorhold-sim --features sabotage --no-fail-fast
else
	$(CARGO) test --workspace --no-fail-fast
	$(CARGO) test --package anchorhold-sim --features sabotage --no-fail-fast
endif
	$(CARGO) test --workspace --doc --quiet

# Long runs, on the release binary, and the same tests under the other runner.
test-slow: need need-faults need-clients need-browser
	$(CARGO) test --release --package anchorhold-cli --features slow --test slow -- --test-threads 1
	$(CARGO) test --workspace --no-fail-fast --quiet

# Two users of a real Open WebUI in a real browser, before a real model.
open-webui: need
	tests/clients/open-webui/run

# Figures on demand, written under docs/evidence/.
evidence: need need-faults
	sh docs/evidence/make.sh

# What runs before every commit.
check: need need-faults
	$(CARGO) xtask check

# The figures of docs/performance.md.
bench: need
	$(CARGO) run --release --package anchorhold-cli --bin anchorhold -- bench
