# The only door to the project: people, CI and SAM call the same targets.
# VENV=… chooses another virtual environment, PYTHON=… the Python that makes it, ARGS=… adds options.

VENV ?= .venv
LAMBDA_PYTHON ?= python3.13
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SAM_READY := .venv-sam/.ready
ARTIFACT_READY := .venv-artifact/.ready
CHECKOV_READY := .venv-checkov/.ready
GUARD_READY := .venv-guard/.ready
JUDGES_READY := $(VENV)/.judges

# No telemetry and no AWS account: neither linting nor building needs one.
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-ap-northeast-1} .venv-sam/bin/sam

# The package's dependencies are downloaded once. Building, and testing the build, then need no network.
FOR_LAMBDA := --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.13 \
	--platform manylinux2014_aarch64

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-header

# Only the rules of its package are read: what runs them in CDK is half a gigabyte.
FLAGS_guard := --no-deps

export LAMBDA_PYTHON
# Tests start Python often: without its cache, each process compiles the bot anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv judges playground test test-artifact check build bench publish golden lock deploy clean build-SlackFunction build-JobFunction

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(READY) ## Make the virtual environment, with all that the other targets need

$(READY): requirements/dev.txt requirements/runtime.txt
	@python=$(or $(PYTHON),$$(sh tools/find-python)) && echo "Making $(VENV) with $$python" && $$python -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip download $(FOR_LAMBDA) --require-hashes -r requirements/runtime.txt --dest $(VENV)/wheels
	@touch $@

# aws-sam-cli and checkov need other versions of packages than the bot, so each has its own environment.
.venv-%/.ready: requirements/%.txt | $(READY)
	$(BIN)/uv venv --quiet --clear --no-config --python $(BIN)/python .venv-$*
	$(BIN)/uv pip install --quiet --no-config --python .venv-$* $(FLAGS_$*) --require-hashes -r requirements/$*.txt
	@touch $@

# This environment has the packages of Lambda's runtime only, so that a function finds nothing but the package.
$(ARTIFACT_READY): requirements/artifact.txt | $(READY)
	$(BIN)/uv venv --quiet --clear --no-config --no-python-downloads --python $(LAMBDA_PYTHON) .venv-artifact
	$(BIN)/uv pip install --quiet --no-config --python .venv-artifact --only-binary :all: --require-hashes -r requirements/artifact.txt
	@touch $@

judges: $(READY) ## Install Chromium, a Japanese font, npm and its packages, without which tests are skipped
	@ASK=1 sh tools/install-judges $(VENV)
	@touch $(JUDGES_READY)

# The same once, without asking for a password. It names each program that it cannot install; in CI it fails then.
$(JUDGES_READY): tools/install-judges tests/peers/package-lock.json tests/peers/.npmrc requirements/dev.txt \
		requirements/guard.txt | $(READY)
	@sh tools/install-judges $(VENV)
	@touch $@

playground: $(READY) ## Start the local world and print its address (PORT=…)
	@$(BIN)/python -m playground $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(READY) $(JUDGES_READY) ## Run the tests (ARGS=… for pytest)
	$(BIN)/python -m pytest $(ARGS)

test-artifact: build ## Run the build as Lambda does, without Docker (ARGS=… for pytest)
	@if $(LAMBDA_PYTHON) -c "" 2>/dev/null; then $(MAKE) --no-print-directory $(ARTIFACT_READY); fi
	ARTIFACT=.aws-sam/build $(BIN)/python -m pytest tests/artifact -rs $(ARGS)

check: $(READY) $(SAM_READY) $(CHECKOV_READY) ## Check style, types, layers, docstrings, English and the template
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate benchmarks bot handlers playground tests tools
	$(BIN)/python -m tools.prose
	$(BIN)/cfn-lint template.yaml docs/ci-role.yaml
	$(SAM) validate
	@mkdir -p .aws-sam && $(BIN)/python -m tools.expand .aws-sam/expanded.json
	$(BIN)/python -m bot check template.yaml
	.venv-checkov/bin/checkov --config-file .checkov.yaml --file .aws-sam/expanded.json

build: $(SAM_READY) ## Build the functions into .aws-sam; needs no AWS account
	$(SAM) build

build-SlackFunction build-JobFunction: $(READY) # called by sam build, which sets ARTIFACTS_DIR
	$(BIN)/python tools/package.py "$(ARTIFACTS_DIR)"

bench: build $(ARTIFACT_READY) $(GUARD_READY) ## Measure how fast the parts are, each against a baseline of the same run (ARGS="scan --runs 3")
	ARTIFACT=.aws-sam/build $(BIN)/python -m benchmarks $(ARGS)

publish: $(READY) ## Put the last measurements into docs/scale.md
	$(BIN)/python -m benchmarks.publish

golden: $(READY) ## Write the golden files again; read the difference before committing
	$(BIN)/python -m pytest --golden $(ARGS)

lock: $(READY) ## Pin the dependencies of pyproject.toml (ARGS=--upgrade for newer ones)
	$(LOCK) $(ARGS) --output-file requirements/runtime.txt pyproject.toml
	$(LOCK) $(ARGS) --group dev --output-file requirements/dev.txt pyproject.toml
	$(LOCK) $(ARGS) --extra check --output-file requirements/check.txt pyproject.toml
	$(LOCK) $(ARGS) --group sam --output-file requirements/sam.txt
	$(LOCK) $(ARGS) --group artifact --output-file requirements/artifact.txt
	$(LOCK) $(ARGS) --group checkov --output-file requirements/checkov.txt
	$(LOCK) $(ARGS) --group guard --no-deps --output-file requirements/guard.txt

deploy: build ## Deploy to AWS (the first time: ARGS=--guided)
	$(SAM) deploy $(ARGS)

clean: ## Remove the build and caches
	rm -rf .aws-sam .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
