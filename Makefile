# Everything runs in .venv, made from the pinned lock file; a stamp file remembers that it is up to date.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-postgres check slow bench

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

demo: $(STAMP) ## set up a demonstration workspace in ./workspace and show what can be read from it
	$(BIN)/maitred demo

serve: $(STAMP) ## the console and the REST interface of the workspace in ./workspace, on this machine
	@home="$${MAITRED_HOME:-workspace}"; test -f "$$home/maitred.json" || { echo "there is no workspace in $$home:" \
		"'make demo' makes one to look at, '$(BIN)/maitred init' an empty one" >&2; exit 1; }
	$(BIN)/maitred serve

test: $(STAMP) ## the test suite, about a quarter of an hour on two cores
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-postgres: $(STAMP) ## the tests that touch the operational database, on PostgreSQL (the engine rooms know no Django)
	$(BIN)/python -m tests.postgres

check: $(STAMP) ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: $(STAMP) ## kill -9, long properties, the full conformance of both engines
	$(BIN)/python -m pytest -n 2 -m slow

bench: $(STAMP) ## measure the speed claims beside their peers (takes minutes)
	for name in startup clocks publish metrics import floor; do $(BIN)/maitred bench $$name || exit 1; done

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "maitred needs Python 3.11 or newer; $(PYTHON) is older (set PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "this Python has no venv/ensurepip; install it (Debian: python3-venv)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "compiling the clock engine, the simulator and hiring search once (about a minute)"
	@$(BIN)/python -m maitred.metrics.clocks.warm & clocks=$$!; $(BIN)/python -m maitred.floor.warm && $(BIN)/python -m maitred.insight.ranking.index.warm && wait $$clocks
	@$(BIN)/python -m maitred.kit.charts.bundle
	@touch $(STAMP)
