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
RUN_TESTS = $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -rs $(PYTEST)
# `make test` shuffles anew each time and so finds tests that lean on each other; a check can be run again as it was.
ORDER := --randomly-seed=2026
# Browsers and the walk over all routes wait for a server that would be twice as slow while its lines are counted.
UNCOUNTED := tests/journeys tests/security

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
	$(RUN_TESTS) $(TESTS)

# Parts that measure no time of an answer go over all processors; the others have the machine for themselves.
SPREAD := a1 s8 s13
.PHONY: soak
soak: $(BIN)/.dev ## Long tests, at most two hours each part; writes docs/reliability.md (PART=r1 for one part)
	@code=0; for file in tests/soak/test_$(or $(PART),*)_*.py; do \
	  part=$${file#tests/soak/test_}; spread=; \
	  case " $(SPREAD) " in *" $${part%%_*} "*) spread="-n $(WORKERS) --dist loadgroup";; esac; \
	  timeout 7200 $(BIN)/python -m pytest -rs $$spread $(PYTEST) $$file || code=1; done; exit $$code

.PHONY: check
check: $(BIN)/.dev ## Everything that CI checks: format, lint, types, layers, translations, migrations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(RUN_TESTS) $(ORDER) --cov --cov-report=term --cov-fail-under=95 $(patsubst %,--ignore=%,$(UNCOUNTED)) $(TESTS)
	$(BIN)/coverage report --include='petitions/domain/*' --fail-under=100
	$(RUN_TESTS) $(ORDER) $(UNCOUNTED)

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

.PHONY: bench
bench: $(BIN)/.dev ## Measure everything beside its ceiling and write docs/performance.md (PART="pages growth", OPTIONS=...)
	$(BIN)/python -m bench $(PART) $(OPTIONS)

.PHONY: requirements
requirements: ## Compile the pinned requirements anew, for the oldest Python 3.11 on (needs uv)
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header requirements-dev.in -o requirements-dev.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header requirements-scale.in -o requirements-scale.txt

VNU := 26.9.27
VNU_SHA512 := 4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428

.PHONY: vnu
vnu: var/vnu/vnu.jar ## Fetch the checker of HTML for the tests (needs npm; the checker needs Java)

var/vnu/vnu.jar:
	@mkdir -p $(@D)
	npm pack --silent --pack-destination $(@D) vnu-jar@$(VNU)
	echo "$(VNU_SHA512)  $(@D)/vnu-jar-$(VNU).tgz" | sha512sum --check --quiet
	tar -xzf $(@D)/vnu-jar-$(VNU).tgz -C $(@D) --no-same-owner --strip-components=3 package/build/dist/vnu.jar
	rm $(@D)/vnu-jar-$(VNU).tgz

.PHONY: clean
clean: ## Remove the demo's database and everything under var/
	rm -rf var
