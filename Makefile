# Everything starts here: each target sets up what it needs by itself. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

STAGE ?= dev
ARGS ?=
PYTEST = .venv/bin/python -m pytest
ZOO = tests/sdks/zoo
PYTHON_SDKS = $(patsubst $(ZOO)/python/%.lock,build/sdks/%/.stamp,$(wildcard $(ZOO)/python/*.lock))
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

# A failing step ends with the command that cures it.
cure = || { echo; echo "$(1) failed. Cure: $(2)" >&2; exit 1; }

.PHONY: help install lock dev test sdks check lint format types contracts bench soak fuzz doctor synth docs clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: .venv/.stamp node_modules/.stamp ## make .venv and node_modules from the lock files

dev: install ## run the whole platform on this machine
	.venv/bin/python -m local.platform.dev $(ARGS)

test: install $(if $(E2E),$(ZOO)/node_modules/.stamp) ## run the tests; E2E=1 adds real SDKs and a browser; ARGS="tests/domain -x" narrows
	$(PYTEST) -n auto --dist loadfile --no-loadscope-reorder $(if $(E2E),-m "not platform and not zoo") $(ARGS) $(if $(E2E),|| [ $$? -eq 5 ]) \
		$(call cure,A test,repeat one with: make test ARGS='its/name -x -vv')
	$(if $(E2E),$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder -m "platform and not zoo" $(or $(ARGS),tests/e2e tests/local) || [ $$? -eq 5 ] \
		$(call cure,A test,repeat one with: make test ARGS='its/name -x -vv'),)

sdks: install $(ZOO)/node_modules/.stamp $(PYTHON_SDKS) ## try every SDK that we know over bad networks; ARGS="-k rudder" narrows
	$(PYTEST) -m "e2e or zoo" tests/sdks tests/e2e/test_sdks.py $(ARGS) \
		$(call cure,An SDK,repeat it with: make sdks ARGS='-k its-name -x -vv')

check: lint types contracts test ## all that CI runs

lint: .venv/.stamp ## style and formatting
	.venv/bin/ruff check . $(call cure,Style,make format)
	.venv/bin/ruff format --check . $(call cure,Formatting,make format)

format: .venv/.stamp ## mend what lint can mend
	.venv/bin/ruff check --fix . || true
	.venv/bin/ruff format .

types: .venv/.stamp ## mypy, strict
	.venv/bin/mypy $(call cure,Typing,mend the lines above; then: make types)

contracts: .venv/.stamp ## which room may import which
	.venv/bin/lint-imports $(call cure,A contract,move the import to the room that may have it: docs/architecture.md)

bench: install ## measure speed and cost; ARGS="units graph" narrows
	@$(if $(filter graph rules,$(or $(ARGS),graph)),.venv/bin/uv pip install --quiet --python .venv/bin/python \
		--target .regulars/peers/tools --only-binary :all: --require-hashes -r benchmarks/requirements.lock \
		$(call cure,The install of the peers,check the network; then: make bench ARGS=graph))
	.venv/bin/python -m benchmarks.bench $(ARGS)

soak: install ## run a long simulation
	.venv/bin/python -m benchmarks.soak $(ARGS)

fuzz: .venv/.stamp ## throw random bytes and requests at it, 30 s each; ARGS="--seconds 300 body" narrows
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --target .regulars/fuzz/tools --only-binary :all: \
		--require-hashes -r tests/fuzz/requirements.lock $(call cure,The install of the tools,check the network; then: make fuzz)
	@PYTHONPATH=.regulars/fuzz/tools:.:layers/shared/python .venv/bin/python -m tests.fuzz.run $(ARGS) \
		$(call cure,Fuzzing,make a test of what was found)

doctor: install ## say what is wrong with this machine or the running platform
	.venv/bin/python -m local.platform.doctor $(ARGS)

synth: install ## write the CloudFormation templates to cdk.out; STAGE=prod for production
	@CDK_OUTDIR=cdk.out CDK_CONTEXT_JSON='{"stage": "$(STAGE)"}' .venv/bin/python -m infra.app \
		$(call cure,Synthesis,make clean synth)

docs: install ## write the generated tables into docs/
	.venv/bin/python -m infra.function_table
	.venv/bin/python -m regulars.adapters.openapi
	.venv/bin/python -m cli.register
	.venv/bin/python -m tests.matrix

lock: .venv/.stamp ## refresh the Python locks after a change of pyproject.toml
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		pyproject.toml --universal --python-version 3.11 --all-extras --group dev \
		-o requirements.lock
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		pyproject.toml --python-platform aarch64-manylinux_2_28 --python-version 3.14 \
		--only-binary :all: -o layers/dependencies/requirements.lock
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		--group pyproject.toml:lake --python-platform aarch64-manylinux_2_28 --python-version 3.14 \
		--only-binary :all: -o layers/lake/requirements.lock
	for each in $(ZOO)/python/*.in; do .venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links \
		--generate-hashes $$each --universal --python-version 3.11 -o $${each%.in}.lock; done
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		--group pyproject.toml:plans --python-platform aarch64-manylinux_2_28 --python-version 3.14 \
		--only-binary :all: -o layers/plans/requirements.lock
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		--group pyproject.toml:fuzz --universal --python-version 3.11 -o tests/fuzz/requirements.lock
	.venv/bin/uv pip compile -q --no-header --no-emit-index-url --no-emit-find-links --generate-hashes \
		--group pyproject.toml:peers --universal --python-version 3.11 -o benchmarks/requirements.lock

clean: ## remove everything that was made
	rm -rf .venv node_modules $(ZOO)/node_modules cdk.out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A shim of a version manager may be there and not work, so each candidate is asked for its version.
.venv/.packages: requirements.lock
	@python=$$(for name in python3.13 python3.12 python3.11 python3 python; do \
		"$$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			&& { echo "$$name"; break; }; done); \
	[ -n "$$python" ] || { echo "No Python 3.11 or newer. Cure: install python3.11 or newer and its venv package" >&2; exit 1; }; \
	if ! .venv/bin/python -c pass 2>/dev/null; then echo "making .venv with $$python"; rm -rf .venv; "$$python" -m venv .venv; fi
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock \
		2>.venv/pip.log || { cat .venv/pip.log >&2; echo "Cure: check the network, then: make install" >&2; exit 1; }
	@.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock \
		$(call cure,The install,check the network; then: make clean install)
	@touch $@

.venv/.stamp: .venv/.packages pyproject.toml
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . \
		$(call cure,The editable install,make clean install)
	@touch $@

node_modules/.stamp: package-lock.json package.json .npmrc
	@command -v npm >/dev/null || { echo "No npm. Cure: install Node.js 20 or newer" >&2; exit 1; }
	@npm ci --silent --no-audit --no-fund $(call cure,npm,check the network; then: make install)
	@touch $@

$(ZOO)/node_modules/.stamp: $(ZOO)/package-lock.json $(ZOO)/package.json $(ZOO)/.npmrc
	@cd $(ZOO) && npm ci --silent --no-audit --no-fund --ignore-scripts $(call cure,npm,check the network; then: make sdks)
	@touch $@

# Each by itself: some cannot live beside each other.
build/sdks/%/.stamp: $(ZOO)/python/%.lock .venv/.stamp
	@rm -rf build/sdks/$*
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --target build/sdks/$* --require-hashes -r $< \
		$(call cure,The install of $*,check the network; then: make sdks)
	@touch $@
