# What a developer types. Everything else is Python: config/bootstrap.py (before the virtual environment exists),
# config/start.py (the product), tests/run.py (the tests).

PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3),python3)
VENV := .venv/bin/python
UV_COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url
APPS := config patients exercises programs
# Checks that load Django need a database address, though not a database.
lint-%: export DATABASE_URL = sqlite://:memory:
lint-%: export DJANGO_SETTINGS_MODULE = config.settings.test

.DEFAULT_GOAL := help
.PHONY: help run test lint bench format lock dev figures lint-ruff lint-format lint-templates lint-types lint-imports lint-migrations

help:
	@echo "make run      start Rachis with a demo clinic (PORT=8000, RACHIS_DATA=.rachis; needs Python 3.11 with venv)"
	@echo "make test     run every test, on PostgreSQL and in part on SQLite, then make lint"
	@echo "make lint     check style, templates, types, import contracts and migrations"
	@echo "make format   let the tools correct what they can"
	@echo "make bench    measure pages, API and mails per second; writes bench-results/"
	@echo "make figures  draw the exercise figures that changed (ONLY=\"S01 S08\" draws these, JOBS=n)"
	@echo "make lock     resolve the versions in pyproject.toml anew into the three lock files"

# exec, so that Ctrl-C and SIGTERM meet the product itself.
run:
	@exec $(PYTHON) config/bootstrap.py

test:
	@exec $(PYTHON) config/bootstrap.py --dev tests.run

bench:
	@exec $(PYTHON) config/bootstrap.py --dev tests.bench

figures: dev
	@OMP_NUM_THREADS=1 $(VENV) -m exercises.figures $(ONLY)$(if $(ONLY),, --sheets)

dev:
	@$(PYTHON) config/bootstrap.py --dev --only

# All checks run, also after one has failed.
lint: dev
	@$(MAKE) --no-print-directory --keep-going lint-ruff lint-format lint-templates lint-types lint-imports lint-migrations

lint-ruff:
	$(VENV) -m ruff check .

lint-format:
	$(VENV) -m ruff format --check .

lint-templates:
	$(VENV) -m djlint templates --lint --quiet
	$(VENV) -m djlint templates --check --quiet

lint-types:
	$(VENV) -m mypy $(APPS)

lint-imports:
	$(VENV) .venv/bin/lint-imports --no-logo

lint-migrations:
	$(VENV) manage.py makemigrations --check --dry-run

format: dev
	$(VENV) -m ruff check --fix-only .
	$(VENV) -m ruff format .
	$(VENV) -m djlint templates --reformat --quiet

lock: dev
	$(UV_COMPILE) pyproject.toml -o requirements.txt
	$(UV_COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	echo uv | $(UV_COMPILE) - -o requirements-uv.txt
