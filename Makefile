# Every target works on a fresh machine that has make and Python 3.11 or newer.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
BIN := .venv/bin

# The first Python that is new enough; `command -v` alone is not asked, because version managers leave dead shims.
find_python = for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; python=; done; \
	if [ -z "$$python" ]; then echo "Datakura needs Python 3.11 or newer, and none was found in PATH. Install it, then run make again." >&2; exit 1; fi

.PHONY: help run stop status test test-full test-e2e lint format schema bench install-run install-dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: install-run  ## start everything: databases, object storage, api, worker, page; Ctrl-C stops it
	@exec $(BIN)/datakura up

stop: install-run  ## stop what `make run` started
	@$(BIN)/datakura stop

status: install-run  ## what runs, where, and how much memory it takes
	@$(BIN)/datakura status

test: lint  ## every check: style, layers, types, page, and pytest on real engines
	@$(BIN)/python -m app.embedded.frontend test
	@$(BIN)/python -m tests.e2e
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-full: lint  ## `make test` with the long form of the tests
	@$(BIN)/python -m app.embedded.frontend test
	@$(BIN)/python -m tests.e2e --full
	@DATAKURA_TEST_FULL=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m ""

test-e2e: install-dev  ## the page in a real Chromium against the running system, long form
	@$(BIN)/python -m tests.e2e --full

lint: install-dev  ## style, layers and types only
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m app.embedded.frontend lint

format: install-dev  ## put the code into its one form
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

schema: install-dev  ## write schema.graphql and codes.json from the code
	@$(BIN)/python -m app.api.export_schema
	@$(BIN)/python -m app.api.export_codes

bench: install-dev  ## measure; prints medians and ratios
	@$(BIN)/python -m benchmarks

install-run:
	@$(find_python); $$python app/embedded/install.py run

install-dev:
	@$(find_python); $$python app/embedded/install.py dev
