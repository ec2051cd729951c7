# make run: Inflow on http://localhost:8501. make test: the whole suite. Both need Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What looks like a secret and is none: an example in the docs, the sandbox's public key, names of Freshdesk's errors.
MADE_UP := USER:PASSWORD@|sandboxAdminKey|password_(lockout|expired)
# Each of the many programs that the tests start would read and compile all of Inflow again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-nightly lint lock texts audit bench clean
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
	HYPOTHESIS_PROFILE=night $(BIN)/python -m pytest --numprocesses auto --dist worksteal -m nightly

lint: $(VENV)/.develops ## Check style, types, layers and what is dangerous
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium app.py ui pages freshdesk_core
	$(BIN)/detect-secrets-hook --exclude-lines '$(MADE_UP)' $$(git ls-files | grep -vE '^(tests|benchmarks)/|\.(lock|png|svg|ipynb)$$')

lock: $(VENV)/.runs ## Pin what the requirements drag in, by hash (after each change of requirements.txt)
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	echo '# What runs, with everything it drags in, each file by its hash. Made of requirements.txt by make lock.' > requirements.lock.new
	$(VENV)/audit/bin/uv pip compile requirements.txt --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url >> requirements.lock.new
	mv requirements.lock.new requirements.lock

texts: $(VENV)/.develops ## Take new texts of the source over into the catalogues (locales/README.md)
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --sort-output --no-wrap \
		--output-file $(VENV)/inflow.pot .
	for language in es nl de; do $(BIN)/pybabel --quiet update --domain inflow --no-wrap --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date --input-file $(VENV)/inflow.pot --locale $$language \
		--output-dir locales || exit; done

audit: $(VENV)/.runs ## List what is installed (sbom.json) and look for known weaknesses (needs a network)
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 cyclonedx-bom==7.5.0
	$(VENV)/audit/bin/cyclonedx-py environment $(BIN)/python --of JSON --output-file sbom.json
	$(VENV)/audit/bin/pip-audit --strict --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

bench: $(VENV)/.develops ## Measure against the budgets
	$(BIN)/python -m benchmarks

clean: ## Remove what was built here (never the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
