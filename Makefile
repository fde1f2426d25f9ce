# Needs Python 3.11 or 3.12 and make; everything else is installed into .venv from requirements/.

.DEFAULT_GOAL := help
.PHONY: help serve test check docs docs-serve bench schemas lock image clean

HOST ?= 127.0.0.1
PORT ?= 8080
RULES ?= rules
WORKERS ?= 1

PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' >/dev/null 2>&1 \
	&& { echo $$p; break; }; done)
RUN := .venv/bin/

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | while IFS= read -r line; do \
		printf '  make %-15s %s\n' "$${line%%:*}" "$${line#*## }"; done

serve: install-runtime ## Serve the policies of rules/ on 127.0.0.1:8080 (HOST, PORT, RULES, WORKERS)
	$(RUN)policy serve --rules $(RULES) --host $(HOST) --port $(PORT) --workers $(WORKERS)

test: check ## Everything: style, types, layers, then the tests, the slow ones included
	$(RUN)python -m pytest -q -n auto --dist worksteal

check: install-dev ## Style, types, layers, schemas, policies: what is quick to know
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports --no-cache
	$(RUN)policy schema --check schemas
	$(RUN)policy check rules

docs: install-dev ## Build the documentation into site/, warnings are errors
	$(RUN)python tools/docs/build.py

docs-serve: docs ## Read the documentation on 127.0.0.1:8000
	$(RUN)python -m http.server --bind 127.0.0.1 --directory site 8000

bench: install-dev ## Measure: medians and ratios of each stage of a decision, memory of a worker
	$(RUN)python -m benchmarks.engine
	$(RUN)python -m benchmarks.decision
	$(RUN)python -m benchmarks.http
	$(RUN)python -m benchmarks.ledger durability
	$(RUN)python -m benchmarks.memory

schemas: install-dev ## Write schemas/ anew from the code
	$(RUN)policy schema --write schemas

lock: install-dev ## Resolve requirements/*.txt anew (UPGRADE=--upgrade takes newer versions)
	$(RUN)python tools/lock.py $(UPGRADE)

image: ## Build the container image
	docker build --tag policy-service .

clean: ## Remove what was made here
	rm -rf .venv build site docs/reference .zensical.toml *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: install-runtime install-dev
install-runtime: ## Install `policy` and what it runs on into .venv
install-dev: ## Install what this repository is worked on with too
install-runtime install-dev:
	@test -n "$(PYTHON)" || { echo "python 3.11 or 3.12 is needed and none was found; or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) tools/bootstrap.py $(@:install-%=%)
