# make chat    the page, in the browser        make lint    ruff and mypy
# make test    every test                      make bench   speed and quality, as tables and JSON
# make screenshots    the README's pictures, from the page itself
#
# Each of them first makes .venv and installs what it needs there, once; it needs Python 3.11 or later and nothing else.
# ARGS is passed on: make chat ARGS="--port 8000", make test ARGS="-k cli".

PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,$(shell command -v $(name) 2>/dev/null)))
ARGS ?=
# On Linux a plain pip may take torch's build for graphics cards, several GB. The small one:
# make chat TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --constraint constraints.txt --editable ".[builtin]"

.PHONY: chat test lint bench bench-quality bench-speed screenshots clean

chat: $(VENV)/.installed
	$(BIN)/article-chat serve --open $(ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: bench-speed bench-quality

bench-quality: $(VENV)/.installed-bench
	$(BIN)/python -m tests.benchmarks.quality $(ARGS)

bench-speed: $(VENV)/.installed-bench
	$(BIN)/python -m tests.benchmarks.speed $(ARGS)

screenshots: $(VENV)/.installed-dev
	$(BIN)/python docs/screenshots.py

# The model and the library are kept in the data directory, not here: they stay.
clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

# A stamp is written last: an installation that was interrupted goes on at the next make.
$(VENV)/.installed: pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Article Chat needs Python 3.11 or later; name it with: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(PIP) install --upgrade "pip>=25.1"
	$(if $(TORCH_INDEX),$(PIP) install torch==2.13.0 --index-url $(TORCH_INDEX))
	$(INSTALL)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) --group dev
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	$(INSTALL) --group bench
	@touch $@
