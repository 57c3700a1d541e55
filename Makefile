# Dauys: `make` alone lists what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app app
TESTS ?= tests
WORKERS ?= 2
LANGS ?= kk

# An invented controller for the demo, used only where the environment names none.
export DAUYS_CONTROLLER_PERSON ?= Сәуле Үлгіева
export DAUYS_CONTROLLER_BODY ?= «Үлгі» қоғамдық қоры
export DAUYS_CONTROLLER_ADDRESS ?= Үлгіқала, Бейбітшілік көшесі, 1
export DAUYS_CONTROLLER_EMAIL ?= controller@dauys.example
export DAUYS_CONTROLLER_PHONE ?= +7 700 000 00 00

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/.run: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: install
install: $(BIN)/.run ## Install what Dauys needs into .venv

.PHONY: run
run: $(BIN)/.run ## Serve the demo on http://127.0.0.1:5000 with its jobs running
	$(FLASK) db upgrade
	$(FLASK) demo load --if-empty
	$(FLASK) serve --jobs

.PHONY: test
test: $(BIN)/.dev ## Run all tests that this machine can, and name what was skipped
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -rs $(PYTEST) $(TESTS)

.PHONY: check
check: $(BIN)/.dev ## Everything that CI checks: format, lint, types, layers, translations, migrations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -rs --cov --cov-report=term --cov-fail-under=95 $(PYTEST) $(TESTS)
	$(BIN)/coverage report --include='petitions/domain/*' --fail-under=100

.PHONY: screens
screens: $(BIN)/.dev ## Take pictures of the main screens of a fresh demo into var/screens (LANGS="kk ru en")
	$(BIN)/python -m tools.screens $(foreach lang,$(LANGS),--lang $(lang))

.PHONY: format
format: $(BIN)/.dev ## Put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: strings
strings: $(BIN)/.dev ## Collect the texts of the code into the catalogues and compile them
	@mkdir -p var
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output -k lazy -k N_ -o var/messages.pot .
	$(BIN)/pybabel -q update -i var/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d translations

.PHONY: requirements
requirements: ## Compile the pinned requirements anew (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-strip-extras --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-strip-extras --no-header requirements-dev.in -o requirements-dev.txt

.PHONY: clean
clean: ## Remove the demo's database and everything under var/
	rm -rf var
