# make run: Inflow on http://localhost:8501. make test: the whole suite. Both need Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test test-nightly lint bench clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runs: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Inflow needs Python 3.11 or newer; try: make run PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.develops: $(VENV)/.runs requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.runs ## Start Inflow, on the built-in sample account while no other is connected
	$(BIN)/streamlit run app.py

test: $(VENV)/.develops ## Run the whole suite (browser tests where Chromium is found)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

test-nightly: $(VENV)/.develops ## Run the long tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m nightly

lint: $(VENV)/.develops ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.develops ## Measure against the budgets
	$(BIN)/python -m benchmarks

clean: ## Remove what was built here (never the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
