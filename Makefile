# Firsthand: everything that is done with this tree, from a clone to a release.
# It needs git, make and Python 3.11 or later with venv. `make` alone is help.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ROOT := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)
BIN := $(ROOT)/.venv/bin
PORT ?= 8700
export PATH := $(BIN):$(PATH)
IN := cd "$(ROOT)" &&
# Chance comes of the tree: what the tests draw on one machine, they draw on every other.
# SEED=5 draws otherwise.
SEED ?= $(shell $(IN) find src tests -name '*.py' | LC_ALL=C sort | xargs cat | cksum | cut -d' ' -f1)

.NOTPARALLEL:
.PHONY: help setup browser demo test check lint soak bench shots spec pins changelog

help:  ## what there is to do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' "$(ROOT)/Makefile"

setup:  ## a .venv with everything pinned, and this project in it
	@PYTHON="$(PYTHON)" "$(ROOT)/scripts/set-up"

browser:  ## a chromium for the tests that look at pages
	@"$(ROOT)/scripts/find-browser" --install

demo: setup  ## a town of people and organisations, on port PORT of this machine
	@$(IN) "$(BIN)/firsthand" up --town --port "$(PORT)"

test: setup browser check  ## all that a change must pass: what CI runs

check:  ## test, without the setting up
	@$(IN) $(MAKE) lint
	@$(IN) "$(BIN)/pytest" -n 3 --dist worksteal --randomly-seed=$(SEED) --hypothesis-seed=$(SEED)

lint:  ## style, types, the laws of the house, spelling
	@$(IN) "$(BIN)/ruff" check .
	@$(IN) "$(BIN)/ruff" format --check .
	@$(IN) "$(BIN)/mypy"
	@$(IN) "$(BIN)/lint-imports"
	@$(IN) "$(BIN)/codespell"

soak: setup  ## the tests that run long
	@$(IN) "$(BIN)/pytest" -m soak --timeout 3600

bench: setup  ## measurements beside each other, on this machine
	@$(IN) "$(BIN)/python" benchmarks/run.py

shots: setup browser  ## pictures of the pages, for the docs
	@$(IN) "$(BIN)/python" scripts/shots.py

spec: setup  ## the schemas and the protocol's page, made from the code
	@$(IN) "$(BIN)/python" scripts/spec.py

pins: setup  ## the pins anew, from pyproject.toml
	@"$(ROOT)/scripts/pin"

changelog: setup  ## what the fragments would say
	@$(IN) "$(BIN)/towncrier" build --draft
