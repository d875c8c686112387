# The two commands of a newcomer are `make demo` and `make test`; each sets up what it needs, once.
# the first that answers and is new enough: version managers leave commands that do not
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check lint types pyright mypy imports docs test-fast test-cluster mutation fuzz hostile soak golden bench format clean

$(STAMP): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "dagwright needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)  ## compile an example to both targets and run it twice
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: $(STAMP)  ## every check and test
	@$(MAKE) --no-print-directory -j 2 check docs
	$(BIN)/pytest -n 2 --dist worksteal -m 'not cluster'

check: types lint imports

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: pyright mypy

# first of all checks, because it takes longer than all others together, and only one core
pyright: $(STAMP)
	$(BIN)/pyright

mypy: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

docs: $(STAMP)  ## build the pages into build/site; every warning is an error
	@rm -rf build/site
	$(BIN)/sphinx-build -W -n -E -q -b html -d build/doctrees docs build/site

test-cluster: $(STAMP)  ## tests/cluster against the cluster that KUBECONFIG names
	$(BIN)/pytest -m cluster tests/cluster -n 8

mutation: $(STAMP)  ## precision and recall of check, a kind of mistake a line
	cd tests && ../$(BIN)/python -m mutation

fuzz: $(STAMP)  ## feed the reader what nobody writes, for five minutes
	cd tests && ../$(BIN)/python -m fuzz

hostile: $(STAMP)  ## 5,000 hostile texts through manifests, both validators and back; a minute
	DAGWRIGHT_HOSTILE_TEXTS=5000 $(BIN)/pytest -q tests/argo_lint/test_hostile.py

SOAK_S ?= 1200
soak: $(STAMP)  ## for releases: simulator, kills, properties, planted mistakes and fuzz on fresh seeds, for SOAK_S seconds
	cd tests && ../$(BIN)/python -m soak --seconds $(SOAK_S)

golden: $(STAMP)  ## rewrite the golden files, then read the diff
	$(BIN)/pytest -q tests/golden --update-golden

bench: $(STAMP)
	$(BIN)/python benchmarks/compile.py --gates
	$(BIN)/python benchmarks/manifest.py --gates
	$(BIN)/python benchmarks/attempt.py --gates
	$(BIN)/python benchmarks/wide.py --gates

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
