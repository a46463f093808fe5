# The manual: `make` prints every target with one line each. People and CI use the same targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
ENGINE ?= local
VENV := .local/venv/bin
GACP := .local/bin/gacp
GROUPS := app infra ops load test
# The options of every lock; no registry's address stands in it (docs/decisions.md).
COMPILE := pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.12 --quiet $(if $(UPGRADE),--upgrade)
# uv from PATH, else the one that set-up installed.
UV = $$(command -v uv || echo .local/bootstrap/bin/uv)

.PHONY: help setup up down clean test test-unit test-services test-engine test-load test-e2e soak \
	record-engine replay-engine \
	lint format bench bench-engine bench-program lock

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: ## install everything that is needed into .local/ (the second time: nothing to do)
	@$(PYTHON) scripts/bootstrap.py

up: quiet-setup ## run the whole platform on this machine (ENGINE=pulumi uses the Pulumi CLI)
	@$(GACP) up local --engine $(ENGINE)

down: ## stop what `make up` started, and nothing else; data stays
	@if [ -x $(VENV)/python ]; then $(GACP) down; else echo "nothing is set up here"; fi

clean: down ## stop the platform and remove .local/: environment, tools, state and all data
	@if [ -L .local ]; then echo ".local is a link: remove what it names yourself" >&2; exit 3; fi
	rm -rf .local

test: setup ## lint and every tier of tests that this machine can run
	@$(VENV)/python -m scripts.lib.tiers --lint

test-unit: quiet-setup ## tests of pure functions and of the graph
	@$(VENV)/python -m scripts.lib.tiers unit

test-services: quiet-setup ## tests against real services
	@$(VENV)/python -m scripts.lib.tiers services

test-engine: quiet-setup ## the program and the recordings on the local engine
	@$(VENV)/python -m scripts.lib.tiers engine

test-load: quiet-setup ## short load runs with their verdict
	@$(VENV)/python -m scripts.lib.tiers load

test-e2e: quiet-setup ## the whole platform from nothing, smoke test, stop
	@$(VENV)/python -m scripts.lib.tiers e2e

soak: quiet-setup ## the long matrices: kills, faults, drift, interruptions, mutants, seeds (SEED=n repeats a run; PARTS="drift types")
	@$(VENV)/python -m tests.soak $(if $(SEED),--seed $(SEED)) $(PARTS)

record-engine: quiet-setup ## record the scenarios anew with the Pulumi CLI that is on PATH (ONLY=text: some of them)
	@$(VENV)/python -m tests.engine.recording $(if $(ONLY),--only $(ONLY))

replay-engine: quiet-setup ## replay all recordings on the local engine (CHECK=exit,state: some of the checks)
	@$(VENV)/python -m tests.engine.replaying $(if $(CHECK),--check $(CHECK))

lint: quiet-setup ## ruff and pyright
	@$(VENV)/python -m scripts.lib.tiers --lint none

format: quiet-setup ## let ruff write files as it wants them
	@$(VENV)/ruff check --fix --quiet . ; $(VENV)/ruff format .

bench: quiet-setup ## measure and print the figures of the README on this machine
	@$(VENV)/python -m scripts.lib.bench

bench-engine: quiet-setup ## seconds, memory and growth of the local engine, 250 to 2,000 resources
	@$(VENV)/python -m tests.engine.bench

bench-program: quiet-setup ## preview of prod against a flat program, up of prod, sizes of constructors and modules
	@$(VENV)/python -m tests.infra.bench

lock: quiet-setup ## resolve pyproject.toml into requirements/ (UPGRADE=1: to the newest versions)
	@mkdir -p .local
	@$(UV) $(COMPILE) $(foreach group,$(GROUPS),--group $(group)) pyproject.toml -o .local/all.txt
	@for group in $(GROUPS); do \
		echo "requirements/$$group.txt"; \
		$(UV) $(COMPILE) --group $$group --constraint .local/all.txt pyproject.toml \
			-o requirements/$$group.txt || exit 1; \
	done

.PHONY: quiet-setup
quiet-setup:
	@$(PYTHON) scripts/bootstrap.py --quiet
