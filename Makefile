# Every target sets up .venv by itself, once, and again when what it depends on changes.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_BENCH := .venv/.ready-bench
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

TUTORIALS := $(patsubst %.py,%.md,$(wildcard docs/tutorials/*.py))
ZENSICAL := PYTHONPATH=docs/extensions $(BIN)/zensical
NOTEBOOK := OMP_NUM_THREADS=1 PYTHONWARNINGS=error::RuntimeWarning,error::UserWarning $(BIN)/jupytext
PAGE := $(BIN)/jupyter nbconvert --to markdown --template page --TemplateExporter.extra_template_basedirs=docs/extensions

.DEFAULT_GOAL := help
.PHONY: help demo test check site docs bench dist lowest capabilities constraints clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## the paper's two examples, a page each in out/ (2 minutes)
	$(BIN)/ratelaw reproduce spcm --html out/spcm.html --json out/spcm.json
	$(BIN)/ratelaw reproduce gene --html out/gene.html --json out/gene.json

test: $(READY) ## all tests
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: $(READY) ## style, types, layers, the documentation, then all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs 2 site
	@$(MAKE) --no-print-directory test

site: $(TUTORIALS) ## the documentation in out/site; the tutorials run, every link is checked
	$(ZENSICAL) build --clean --strict

docs: $(TUTORIALS) ## the same, served on this machine while you write
	$(ZENSICAL) serve

docs/tutorials/%.md: docs/tutorials/%.py $(shell find src -name '*.py') $(READY)
	@mkdir -p out/tutorials
	$(NOTEBOOK) --quiet --set-kernel python3 --run-path docs/tutorials --execute --to ipynb --output out/tutorials/$*.ipynb $<
	$(PAGE) --log-level WARN --output-dir docs/tutorials out/tutorials/$*.ipynb

bench: $(READY_BENCH) ## speed against five peers, structure against PySINDy, efficiency, reductions
	$(BIN)/python benchmarks/ssa.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/ode.py
	$(BIN)/python benchmarks/large_ensembles.py
	$(BIN)/python benchmarks/structure.py
	$(BIN)/python benchmarks/efficiency.py
	$(BIN)/python benchmarks/inference.py --quick
	$(BIN)/python benchmarks/reduction.py
	$(BIN)/python benchmarks/learned_reduction.py
	$(BIN)/python benchmarks/learning.py --quick
	$(BIN)/python benchmarks/adjoint.py
	$(BIN)/python benchmarks/petab_fit.py
	$(BIN)/python benchmarks/measured.py

dist: $(READY) ## wheel and sdist in dist/; the wheel alone runs an example and the demo
	rm -rf dist .venv-wheel
	$(BIN)/python -m build
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/python -m pip install --quiet --constraint constraints.txt dist/*.whl mypy
	cd .venv-wheel && bin/ratelaw examples && bin/python examples/script.py
	cd .venv-wheel && bin/mypy --strict examples/script.py && bin/ratelaw reproduce gene
	rm -rf .venv-wheel

lowest: ## the tests in tests/unit, with the lowest versions of all that is depended on
	rm -rf .venv-lowest && $(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest --resolution lowest-direct --editable '.[all]'
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest pytest hypothesis
	.venv-lowest/bin/python -m pytest --override-ini filterwarnings= tests/unit

capabilities: $(READY) ## write docs/capabilities.md anew, as the methods say it
	$(BIN)/python -m ratelaw.cli.capabilities > docs/capabilities.md

constraints: ## pin every package again, at the newest releases that fit together
	rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip install --quiet '.[dev,bench]'
	.venv-pins/bin/python -m pip freeze --exclude ratelaw | sed 's/+cpu$$//' > constraints.txt
	rm -rf .venv-pins

clean: ## remove what the other targets made
	rm -rf .venv .venv-* out build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks
	rm -rf .cache $(TUTORIALS) docs/tutorials/*_files

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(READY): pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@

$(READY_BENCH): $(READY)
	$(INSTALL) --editable '.[dev,bench]'
	@touch $@
