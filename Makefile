# Every target sets up .venv by itself, once, and again when what it depends on changes.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_BENCH := .venv/.ready-bench
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test check bench capabilities constraints clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## the paper's two examples, a page each in out/ (2 minutes)
	$(BIN)/ratelaw reproduce spcm --html out/spcm.html --json out/spcm.json
	$(BIN)/ratelaw reproduce gene --html out/gene.html --json out/gene.json

test: $(READY) ## all tests
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: $(READY) ## style, types, layers, then all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

bench: $(READY_BENCH) ## speed against five peers, structure against PySINDy, efficiency, reductions
	$(BIN)/python benchmarks/ssa.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/ode.py
	$(BIN)/python benchmarks/planning.py
	$(BIN)/python benchmarks/structure.py
	$(BIN)/python benchmarks/efficiency.py
	$(BIN)/python benchmarks/inference.py --quick
	$(BIN)/python benchmarks/reduction.py
	$(BIN)/python benchmarks/learned_reduction.py
	$(BIN)/python benchmarks/learning.py --quick
	$(BIN)/python benchmarks/adjoint.py

capabilities: $(READY) ## write docs/capabilities.md anew, as the methods say it
	$(BIN)/python -m ratelaw.cli.capabilities > docs/capabilities.md

constraints: ## pin every package again, at the newest releases that fit together
	rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip install --quiet '.[dev,bench]'
	.venv-pins/bin/python -m pip freeze --exclude ratelaw | sed 's/+cpu$$//' > constraints.txt
	rm -rf .venv-pins

clean: ## remove what the other targets made
	rm -rf .venv .venv-pins out build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(READY): pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@

$(READY_BENCH): $(READY)
	$(INSTALL) --editable '.[dev,bench]'
	@touch $@
