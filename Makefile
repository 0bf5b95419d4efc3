# The two commands of the README, and what they are made of.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: report test validator setup setup-dev lint bench canary lock clean

report: setup ## Set everything up and build the sample edition.
	$(BIN)/python build.py

test: setup-dev ## Set everything up and run all checks and tests.
	@sh tools/verapdf.sh $(VENV) || echo "Going on without veraPDF: what it would confirm is skipped, and fails in CI."
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

validator: setup ## Fetch veraPDF, which confirms PDF/UA and PDF/A.
	sh tools/verapdf.sh $(VENV)

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready: requirements.lock pyproject.toml tools/setup.sh
	sh tools/setup.sh "$(PYTHON)" $(VENV) requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml tools/setup.sh
	sh tools/setup.sh "$(PYTHON)" $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.ready

lint: setup-dev ## Style, types and the layers only.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure a build on this machine.
	$(BIN)/python bench/bench.py

canary: setup-dev ## Try the engine tests with the newest WeasyPrint.
	sh tools/canary.sh $(BIN)/python

lock: setup-dev ## Pin the dependencies again, with hashes.
	sh tools/lock.sh $(BIN)/python

clean: ## Remove the environment and all output.
	rm -rf $(VENV) dist build *.egg-info
