# Each target does all its own set-up. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_DB := outputs/demo.duckdb

.PHONY: help demo test check clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.ready ## Run the embedded model on the example page: rows, a board, a CSV
	$(BIN)/extractor run examples/daily_papers.txt --db $(DEMO_DB)
	$(BIN)/extractor leaderboard --db $(DEMO_DB)
	$(BIN)/extractor leaderboard --dataset ImageNet-1K --db $(DEMO_DB)
	$(BIN)/extractor export claims -o outputs/claims.csv --db $(DEMO_DB)
	@echo "look at outputs/claims.csv, or ask: $(BIN)/extractor sql 'from claims' --db $(DEMO_DB)"

test: $(VENV)/.tested ## Run the tests
	$(BIN)/pytest -n 2 -q

check: ## Run everything that must pass before a change lands
	bash .ci/run

clean: ## Remove the environment and what was built
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=python3.12 ...'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --editable . --group test
	touch $@
