# Two commands for a newcomer: `make run` and `make test`. Both need Python ≥ 3.11 and nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ROOMS  := backend cli client dag formats kernels metrics proto repository scheduler server spec transport
SOURCE := pyproject.toml constraints.txt README.md __init__.py __main__.py \
          $(shell find $(ROOMS) -name '*.py' -o -name '*.proto' -o -name '*.fbs' -o -name '*.json')
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT         ?= 40123
METRICS_PORT ?= 40124

.PHONY: run test interop h2spec check bench proto image fuzz nightly clean
.DELETE_ON_ERROR:

## run: serve the example models, http://127.0.0.1:40124/ready tells when
run: $(VENV)/.installed
	@echo "serving examples/repository on 127.0.0.1:$(PORT): mlp is id 0, lenet 1, mini_bert 2"
	@echo "metrics: http://127.0.0.1:$(METRICS_PORT)/metrics   ask it: $(BIN)/python examples/client.py   stop: Ctrl-C"
	@exec $(BIN)/graphserver serve examples/repository --id mlp=0 --id lenet=1 --id mini_bert=2 \
	    --port $(PORT) --metrics-port $(METRICS_PORT)

## test: the whole suite against the installed wheel
test: $(VENV)/.tested-with
	$(BIN)/python -P -m pytest -o pythonpath=tests --durations=20 $(TESTS)

## interop: gRPC's interoperability cases, asked by grpc-go's client on either transport (needs Go)
interop: $(VENV)/.tested-with
	PYTHONPATH=tests $(BIN)/python -P -m interop.run

## h2spec: the HTTP/2 conformance suite against our own wire (needs Go)
h2spec: $(VENV)/.tested-with
	PYTHONPATH=tests $(BIN)/python -P -m interop.h2spec

## check: format, lint, types, floors of the house, sizes, the table of ops
check: $(VENV)/.checked-with
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	PYTHONPATH=dev $(BIN)/lint-imports
	$(BIN)/python dev/sizes.py
	PYTHONPATH=dev:tests $(BIN)/python -P dev/coverage_table.py --check

## bench: figures as ratios against a peer in the same run
bench: $(VENV)/.tested-with
	for each in benchmarks/bench_*.py; do $(BIN)/python $$each || exit 1; done

## proto: regenerate the wire code that is checked in
proto: $(VENV)/.checked-with
	PATH="$(abspath $(BIN)):$$PATH" proto/generate.sh

## image: the container image (needs a container engine)
image:
	docker build --tag graphserver --file docker/Dockerfile .

## fuzz: the long run, FUZZ executions of each of three targets (10⁶ in all take about two hours of one core)
FUZZ ?= 350000
fuzz: $(VENV)/.fuzzed-with
	for each in message graph plan; do PYTHONPATH=tests $(BIN)/python -P -m fuzz.run $$each $(FUZZ) || exit 1; done

## nightly: the long forms of the suites
nightly: check test bench fuzz

clean:
	rm -rf $(VENV) dist build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"graphserver needs Python 3.11 or newer, {sys.executable} is {sys.version.split()[0]}; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# A wheel is built and installed again whenever a source file is newer than the stamp.
$(VENV)/.installed: $(SOURCE) | $(BIN)/python
	$(PIP) install --constraint constraints.txt '.[cpu]'
	@touch $@

$(VENV)/.tested-with: $(SOURCE) | $(BIN)/python
	$(PIP) install --constraint constraints.txt '.[cpu,test]'
	@touch $@ $(VENV)/.installed

# atheris is not built for every Python; the run tells how it goes on without.
$(VENV)/.fuzzed-with: $(VENV)/.tested-with
	-$(PIP) install --only-binary atheris --constraint constraints.txt '.[cpu,test,fuzz]'
	@touch $@

$(VENV)/.checked-with: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt '.[cpu,test,dev]'
	@touch $@
