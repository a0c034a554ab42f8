# `make run` and `make test` need python3 and make; whatever else is missing they get or name.
VENV ?= .venv
PYTHON ?= python3
WORKERS ?= auto
IN_VENV = $(VENV)/bin/python -m

.DEFAULT_GOAL := help
.PHONY: help run test lint fmt laws routes bench faults reach venv-run venv-dev

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: venv-run ## a karaoke night on this machine: database, API, workers, demo data (PORT, SINGR_DIR)
	@$(IN_VENV) singr up

test: venv-dev ## every test, on private services of its own
	@$(IN_VENV) tests.services
	@$(IN_VENV) pytest -n $(WORKERS) --maxprocesses 8

lint: venv-dev ## style, types, floors
	@$(IN_VENV) ruff check .
	@$(IN_VENV) ruff format --check .
	@$(IN_VENV) mypy
	@$(VENV)/bin/lint-imports

fmt: venv-dev ## format the code
	@$(IN_VENV) ruff check --fix .
	@$(IN_VENV) ruff format .

laws: venv-dev ## the tests that hold for every route, statement, table and setting
	@$(IN_VENV) pytest tests/laws

routes: venv-dev ## write the golden copies of the route page and the live messages: what changes is then a line in the diff
	@$(IN_VENV) singr routes > tests/laws/routes.txt
	@$(IN_VENV) singr asyncapi > tests/laws/asyncapi.yaml

bench: venv-dev ## measure; results go to bench/RESULTS.md (`python -m bench --list` says what there is)
	@$(IN_VENV) bench

faults: venv-dev ## the whole fault matrix with a full city, one table (Go builds toxiproxy; twenty minutes)
	@$(IN_VENV) tests.faults

reach: venv-dev ## how many watchers one machine holds, and what each costs (Go builds the receivers; REACH, 50000)
	@$(IN_VENV) bench reach

venv-run:
	@$(PYTHON) -m singr.up.venv $(VENV)

venv-dev:
	@$(PYTHON) -m singr.up.venv $(VENV) dev
