# Python 3.11, 3.12 or 3.13 and make are all that this needs: the rest goes into .venv.
# Only what GNU make 3.81 (macOS) knows is used.

SHELL := /bin/sh
BIN := .venv/bin

# The Python that .venv is made with; empty means the first that fits on the PATH.
PYTHON ?=
# More arguments for dbt:
# make build DBT_ARGS="--vars '{connectors: [maven], extracts_dir: {maven: extracts/maven}}'"
DBT_ARGS ?=
# Where the models behind staging are built: empty is DuckDB. make build TARGET=postgres, or spark
# A variable TARGET of the environment is some other tool's.
TARGET :=
# make boards BOARD_ARGS="--pdf executive sales"
BOARD_ARGS ?=
# What `make connect` looks at, and as which connector.
SOURCE ?=
DIR ?=
# Where `make serve` listens; `make superset` takes 8088 if none is given.
PORT ?= 8000
# Test processes; auto means one for each core.
JOBS ?= auto
# usual: without the samples of the vendors and what takes longest.
TESTS ?=
# What is linted as SQL: a macro alone is none.
SQL = models analyses tests/singular
# The uv that `make lock` resolves with; it is not part of .venv.
UV_VERSION := 0.13.9

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := 0
export GX_ANALYTICS_ENABLED := false
export PYTHON
export REVOPS_BUILD_PATH ?= build/revops.duckdb
export REVOPS_PUBLISHED_PATH ?= published/revops.duckdb
# So that the summary can say what setting up took.
export REVOPS_STARTED := $(shell date +%s)

.DEFAULT_GOAL := help
.PHONY: help build connect boards rollback export clients mcp superset check test test-superset test-parity lint \
	lint-python format docs serve seeds lock bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

ifeq ($(TARGET),)
build: .venv/requirements.lock ## Check, build and publish the KPIs (TARGET=postgres or spark: there; DBT_ARGS="..." goes to dbt)
	@$(BIN)/python scripts/build.py $(DBT_ARGS)
else
$(if $(filter postgres spark,$(TARGET)),,$(error There is no target "$(TARGET)": TARGET is postgres or spark, or not given for DuckDB))
build: .venv-$(TARGET)/requirements-$(TARGET).lock
	@.venv-$(TARGET)/bin/python scripts/build_on.py $(TARGET) $(DBT_ARGS)
endif

connect: .venv/requirements.lock ## Look at exports and say how to connect them (SOURCE=hubspot DIR=path)
	@$(BIN)/python scripts/connect.py "$(SOURCE)" "$(DIR)"

boards: .venv/requirements.lock ## Write the boards of the published file to build/site (BOARD_ARGS=--pdf prints them too)
	@test -f $(REVOPS_PUBLISHED_PATH) || $(MAKE) build
	@$(BIN)/python scripts/make_boards.py $(BOARD_ARGS)

rollback: .venv/requirements.lock ## Publish the file before the present one again
	@$(BIN)/python scripts/rollback.py

export: .venv/requirements.lock ## Write the KPIs to build/export as spreadsheets and CSV files, in English and French
	@test -f $(REVOPS_PUBLISHED_PATH) || $(MAKE) build
	@$(BIN)/python scripts/export.py

# Not part of `make test`: it installs packages that the project itself does not use.
clients: .venv-clients/requirements-clients.lock ## Try the recipes of docs/clients.md, each with its own package
	@test -f $(REVOPS_PUBLISHED_PATH) || $(MAKE) build
	@.venv-clients/bin/python scripts/try_clients.py

# An assistant starts the server itself: what stands on the standard output is the protocol.
mcp: .venv/requirements-mcp.lock ## Serve the published KPIs to an assistant, over the Model Context Protocol
	@$(BIN)/python -m assistants

# An environment of its own, since Superset asks for other versions of what .venv has.
superset: .venv/requirements.lock .venv-superset/requirements-superset.lock ## Serve a Superset with the KPIs on this machine alone, on PORT (8088)
	@test -f $(REVOPS_PUBLISHED_PATH) || $(MAKE) build
	@.venv-superset/bin/python scripts/serve_superset.py --port $(if $(filter file,$(origin PORT)),8088,$(PORT))

PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder
LINT_SQL = $(BIN)/python scripts/lint_sql.py lint --disable-progress-bar
# What is not committed; a file that is gone is not linted.
CHANGED = $(wildcard $(shell git diff --name-only HEAD 2>/dev/null; \
	git ls-files --others --exclude-standard 2>/dev/null))

# One build of the demo, all unit tests on it, the gate and the oracles: what has a build of another
# world, or a browser, is left to `make test`.
check: lint-python ## Check an edit in some minutes; needs no build
	@files="$(filter %.sql,$(filter $(SQL:=/%),$(CHANGED)))"; test -z "$$files" || { \
		echo "$(BIN)/sqlfluff lint $$files"; $(LINT_SQL) $$files; }
	$(PYTEST) --quick

# SQL is linted beside the tests, and what is said of it comes last.
test: lint-python ## Run every check but those of Superset (TESTS=usual: without vendors' samples)
	@PYTHON=$(BIN)/python sh scripts/install_browser.sh
	@echo "$(BIN)/sqlfluff lint ... &"
	@$(LINT_SQL) $(SQL) >target/lint/said.txt 2>&1 & lint=$$!; \
	run="$(PYTEST) $(if $(filter usual,$(TESTS)),--usual)"; echo "$$run"; $$run; tests=$$?; \
	wait $$lint; style=$$?; cat target/lint/said.txt; exit $$((tests || style))

# Installing and starting it takes minutes: it is no part of `make test`.
test-superset: .venv/requirements-dev.lock .venv-superset/requirements-superset.lock ## Start a Superset, ask all its charts, publish meanwhile
	@PYTHON=$(BIN)/python sh scripts/install_browser.sh
	$(BIN)/python -m pytest --superset

# So is building all again on another engine.
ENGINE = $(or $(TARGET),postgres)
test-parity: .venv/requirements-dev.lock .venv-$(ENGINE)/requirements-$(ENGINE).lock ## Build on PostgreSQL too (TARGET=spark: there), and compare every row with DuckDB's
	@test ! -e scripts/install_$(ENGINE).sh || sh scripts/install_$(ENGINE).sh
	$(BIN)/python -m pytest --$(ENGINE)

lint: lint-python ## Check the style of Python and SQL
	@echo "$(BIN)/sqlfluff lint ..."
	@$(LINT_SQL) $(SQL)

lint-python: .venv/requirements-dev.lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@mkdir -p target/lint

format: .venv/requirements-dev.lock ## Rewrite the Python files in the style that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/requirements.lock ## Write the KPI dictionary, the data model and dbt's pages to build/site
	@test -f $(REVOPS_BUILD_PATH) || $(MAKE) build
	@$(BIN)/dbt --quiet docs generate --static $(DBT_ARGS)
	@$(BIN)/python scripts/make_docs.py --models $${DBT_TARGET_PATH:-target}/static_index.html
	@echo "Open build/site/index.html in a browser, or run make serve; no page needs a network."

serve: .venv/requirements.lock ## Show build/site in a browser of this machine alone, on PORT (8000)
	@test -f build/site/index.html || $(MAKE) boards docs
	@echo "http://127.0.0.1:$(PORT)/ shows build/site until you press Ctrl+C."
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory build/site

seeds: .venv/requirements.lock ## Write the demo company's extracts anew, byte for byte
	@$(BIN)/python -m generator

# What the page says is kept in bench/measured; build/bench keeps the extracts of the large sizes.
MEASURED = bench/measured
bench: .venv/requirements.lock ## Measure builds, queries, gate and growth, and write docs/benchmarks.md (takes most of an hour)
	@test -f $(REVOPS_PUBLISHED_PATH) || $(MAKE) build
	@$(BIN)/python bench/machine.py --json $(MEASURED)/machine.json
	@$(BIN)/python bench/empty_project.py --json $(MEASURED)/empty_project.json
	@$(BIN)/python bench/scales.py --json $(MEASURED)/scales.json
	@$(BIN)/python bench/gate.py --json $(MEASURED)/gate.json
	@$(BIN)/python bench/same_kpis.py --json $(MEASURED)/same_kpis.json
	@$(BIN)/python bench/kpi_views.py $(REVOPS_PUBLISHED_PATH)
	@$(BIN)/python bench/steering.py
	@$(BIN)/python bench/web_sessions.py
	@$(BIN)/python bench/write_page.py

# All but Superset's resolve together, so that what is tested is what users install.
lock: ## Resolve requirements*.in into the lock files
	@set -e; uv=$$(mktemp -d); trap 'rm -rf "$$uv"' EXIT; \
	sh scripts/venv.sh "$$uv/venv" uv==$(UV_VERSION); \
	compile="$$uv/venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras"; \
	$$compile --custom-compile-command 'make lock' requirements-dev.in -o requirements-dev.lock; \
	for lock in requirements requirements-mcp requirements-postgres requirements-spark; do \
		$$compile --custom-compile-command 'make lock' -c requirements-dev.lock $$lock.in \
			-o $$lock.lock; \
	done; \
	for lock in requirements-clients requirements-superset; do \
		$$compile --custom-compile-command 'make lock' $$lock.in -o $$lock.lock; \
	done

clean: ## Remove what builds and tests leave; environments and the published file stay
	@rm -rf target logs build/site build/revops.duckdb build/revops.duckdb.wal build/report.md \
		.pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.venv*/*' -prune -exec rm -rf {} +

# The stamp is a copy of the lock: a lock that was only touched installs nothing.
.venv/requirements.lock: requirements.lock
	@sh scripts/venv.sh .venv requirements.lock

.venv/requirements-mcp.lock: requirements-mcp.lock requirements.lock
	@sh scripts/venv.sh .venv requirements-mcp.lock >&2

.venv-postgres/requirements-postgres.lock: requirements-postgres.lock
	@sh scripts/venv.sh .venv-postgres requirements-postgres.lock

.venv-spark/requirements-spark.lock: requirements-spark.lock
	@sh scripts/venv.sh .venv-spark requirements-spark.lock

.venv-superset/requirements-superset.lock: requirements-superset.lock
	@sh scripts/venv.sh .venv-superset requirements-superset.lock

.venv/requirements-dev.lock: requirements-dev.lock requirements-mcp.lock requirements.lock
	@sh scripts/venv.sh .venv requirements-dev.lock

.venv-clients/requirements-clients.lock: requirements-clients.lock
	@sh scripts/venv.sh .venv-clients requirements-clients.lock
