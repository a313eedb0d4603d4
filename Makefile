# The commands of the house. Everything they need is set up by tools/ from the locks in
# requirements/ and package-lock.json, once, and again only when a lock has changed.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-evm setup-evm setup-demo test setup check setup-check torture bench lint lock

BIN := .venv/bin
# Every test prints the seed it ran with; ADAMANT_SEED=N in the environment repeats that run.
PYTEST := $(BIN)/pytest -n auto

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: setup-demo ## build a small world and show one stone's way (needs only Python; ARGS="--scale 10")
	@$(BIN)/adamant demo $(ARGS)

demo-evm: setup-evm ## the same, its checkpoints anchored on a chain in the process
	@$(BIN)/adamant demo --evm $(ARGS)

setup-evm: ## what demo-evm needs: .venv from requirements/evm.txt
	@tools/venv evm

setup-demo: ## what demo needs: .venv from requirements/run.txt
	@tools/venv run

check: setup-check lint ## lint, types, tidy, unit and vector tests: under a minute, no system package
	ADAMANT_TRIALS=check $(PYTEST) -m "not node and not long"

setup-check:
	@tools/venv dev

test: setup lint ## everything, as CI does: at most 18 minutes on 2 cores; sets up all it needs
	ADAMANT_TRIALS=test $(PYTEST)

setup: ## what test needs: Debian packages, .venv from requirements/dev.txt, node_modules
	@tools/debian
	@tools/venv dev
	@tools/node

torture: setup ## the same tests with the counts a release is judged by: 30 to 60 minutes
	ADAMANT_TRIALS=torture $(PYTEST) --durations=20

bench: setup-check ## how fast it is, as ratios to its libraries: 5 to 10 minutes (ARGS="--scale small")
	@$(BIN)/python -m benchmarks $(ARGS)

lint:
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy

# Only versions and hashes: where packages come from is each machine's own setting.
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --allow-unsafe \
	--generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --build-deps-for editable

lock: setup-check ## renew every lock from pyproject.toml and package.json
	$(PIP_COMPILE) --output-file requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --output-file requirements/evm.txt --extra evm --constraint requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --output-file requirements/dev.txt --extra dev --constraint requirements/evm.txt pyproject.toml
	@tools/node npm install --silent --package-lock-only
