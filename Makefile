# Everything a developer and the checks do, one command each; every command does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
# Words for the demo, the tests or the benchmark, as in: make demo ARGS=--serve
ARGS ?=

.PHONY: help setup rabbitmq demo test check fix bench bench-judge bench-seal fuzz lock clean

help:  ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## prepare .venv with the locked dependencies
	@PYTHON="$(PYTHON)" deploy/setup/python.sh

rabbitmq:
	@deploy/setup/rabbitmq.sh

demo: setup  ## play one casus between six instanties (ARGS=--serve leaves it running)
	@deploy/setup/rabbitmq.sh --or-given
	@$(PY) -m deploy.demo $(ARGS)

test: setup rabbitmq  ## run the tests, on a private RabbitMQ
	@$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

check: setup  ## run format, lint, type and import checks
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

fix: setup  ## repair what format and lint can repair by themselves
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup rabbitmq  ## measure the corridor against a bare relay; writes build/bench.json
	@$(PY) -m benchmarks.corridor $(ARGS)

bench-judge: setup  ## measure the convenant check, also with 10 and 100 times the rules; writes build/bench-judge.json
	@$(PY) -m benchmarks.judge $(ARGS)

fuzz: setup  ## fuzz every parser, coverage-guided; ARGS="--seconds 600 stamp" for longer, or one only
	@$(PY) -m fuzz $(ARGS)

bench-seal: setup  ## measure seal, verify, open and stamp beside JOSE; writes build/bench-seal.json
	@$(PY) -m benchmarks.seal $(ARGS)

lock: setup  ## resolve the dependencies again into requirements.lock
	$(PY) -m uv pip compile --universal --python-version 3.11 --all-extras --upgrade --quiet \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
		--output-file requirements.lock pyproject.toml

clean:  ## remove what was made here: .venv, caches, build
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
