# RocketMQ clusters as code. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

STACK ?= local
HOST ?=
FORMAT ?= text
# As typed: a shell's `$` in it is not make's.
override CMD := $(value CMD)
export CMD
UV_VERSION := 0.13.9
VERSION ?=
KILLS ?= 20
ROUNDS ?= 30
WORKFLOWS ?=

# What `make check` leaves out: it needs an engine, Go, Java or hosts.
WITHOUT_HOSTS := not console and not engine and not go and not processes and not local and not existing and not schemes and not lab
WITH_ENV := . toolchain/env && exec
# WHAT SECONDS COMMAND: says what a long command does. Needs no environment.
STEP := python3 -m system.step
PYTEST := $(WITH_ENV) pytest

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

.PHONY: up
up: steps prepare ## bring the cluster of STACK up (default: local) and verify it
	@$(WITH_ENV) python -m cli up --stack $(STACK)

.PHONY: steps
steps: # what `make up` does for STACK, before it does it; an old Python is reported later
	@! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || python3 -m toolchain.steps "$(STACK)"

.PHONY: down
down: engine ## destroy everything that `make up` made for STACK
	@$(WITH_ENV) python -m cli down --stack $(STACK)

.PHONY: verify
verify: engine ## check the live cluster of STACK, outside the engine
	@$(WITH_ENV) python -m cli verify --stack $(STACK)

.PHONY: preview
preview: prepare ## show what `make up` would change, line by line; touches no host
	@$(WITH_ENV) python -m cli preview --stack $(STACK)

.PHONY: plan
plan: python ## the plan of STACK on one page (FORMAT=text, json or mermaid); reads only, needs no engine
	@$(WITH_ENV) python -m cli plan --stack $(STACK) --$(FORMAT)

.PHONY: ssh
ssh: engine ## log in to HOST of STACK, or run CMD there
	@$(WITH_ENV) python -m cli ssh --stack $(STACK) --host "$(HOST)" --run "$$CMD"

.PHONY: hostkeys
hostkeys: python ## the host keys of STACK's servers (provider existing), to compare and paste
	@$(WITH_ENV) python -m cli hostkeys --stack $(STACK)

.PHONY: setup
setup: prepare ## install and build all that `make up` needs, and create STACK in the backend
	@$(WITH_ENV) python -m cli stack --stack $(STACK)

.PHONY: prepare
prepare: engine archive image

.PHONY: python
# Not by a wrapper such as pyenv's: uv would take it for another Python and remake the environment
# each time, under the updates that run in it.
python: .state/uv/$(UV_VERSION) ## the Python environment, from the lock
	@sync=(.state/uv/bin/uv sync --frozen --quiet --python "$$(python3 -c 'import sys; print(sys.executable)')"); \
	    if cmp -s uv.lock .venv/uv.lock; then "$${sync[@]}"; \
	    else $(STEP) 'Python environment: the packages of uv.lock' 20 "$${sync[@]}" --compile-bytecode; cp uv.lock .venv/; fi

.state/uv/$(UV_VERSION):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'python3: 3.11 or newer is needed' >&2; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || $(STEP) 'this computer: installing python3-venv' 20 sh -c 'apt-get update -q && apt-get install -qy --no-install-recommends python3-venv' || { echo 'python3-venv: cannot be installed; install it and run again' >&2; exit 1; }
	@rm -rf .state/uv && $(STEP) 'Python environment: pip' 10 python3 -m venv .state/uv
	@$(STEP) 'Python environment: uv $(UV_VERSION)' 10 .state/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.PHONY: toolchain
toolchain: sdks ## the engine and all its plugins: yours when new enough, else built from Go modules
	@$(WITH_ENV) python -m toolchain.build

.PHONY: sdk
sdk: python # the SDK of STACK's provider, if it is not in the environment
	@$(WITH_ENV) python -m toolchain.sdks --for $(STACK)

.PHONY: sdks
sdks: python # the SDKs of all providers
	@$(WITH_ENV) python -m toolchain.sdks

.PHONY: engine
engine: sdk # what STACK needs of the toolchain
	@$(WITH_ENV) python -m toolchain.build --for $(STACK)

.PHONY: archive
archive: python ## the RocketMQ archive of STACK's settings (or VERSION's, from Maven Central), if it is uploaded
	@$(WITH_ENV) python -m $(if $(VERSION),toolchain.archive $(VERSION),cli archive --stack $(STACK))

.PHONY: archive-digest
archive-digest: python ## the lines that take RocketMQ VERSION from Apache, with the digest that Apache publishes
	@$(WITH_ENV) python -m toolchain.archive.published_digest $(VERSION)

.PHONY: test-archive
test-archive: python # of the default version, which the tests run, whatever STACK has deployed
	@$(WITH_ENV) python -m toolchain.archive

.PHONY: image
image: python ## what STACK's hosts are made from: the machines' image, and libvirt for stack lab
	@$(WITH_ENV) python -m cli image --stack $(STACK)

.PHONY: lab-image
lab-image: python ## a cloud image from Debian's packages, for where Debian's own cannot be had
	@$(WITH_ENV) python -m machines.libvirt build

.PHONY: hypervisor
hypervisor: python ## libvirt on this computer, installed and started
	@$(WITH_ENV) python -m machines.libvirt ready

# pre-commit runs the same targets; a test compares the two lists.
LINTS := lint-format lint-python lint-types lint-types-on-hosts lint-shell lint-yaml lint-whitespace lint-secrets

.PHONY: check
check: sdks ## formatting, lint, types, and every test that needs no host and no engine
	@$(STEP) 'formatting, lint and types' 60 $(MAKE) --no-print-directory -j2 --output-sync $(LINTS)
	@$(PYTEST) -q -n 4 --dist worksteal tests -m '$(WITHOUT_HOSTS)'

.PHONY: lint
lint: $(LINTS) ## the checks of `make check` without its tests

.PHONY: $(LINTS)
lint-format: python
	@$(WITH_ENV) ruff format --check --quiet .

lint-python: python
	@$(WITH_ENV) ruff check --quiet .

lint-types: sdks
	@$(WITH_ENV) mypy --no-error-summary .

# What runs on hosts, as Python 3.9: mypy no longer goes below 3.10; vermin finds what 3.10 brought.
lint-types-on-hosts: python
	@$(WITH_ENV) mypy --no-error-summary --python-version 3.10 remoting console
	@$(WITH_ENV) vermin --quiet --violations --target=3.9- --eval-annotations remoting console

lint-shell: python
	@$(WITH_ENV) shellcheck templates/*.sh toolchain/archive/*.sh toolchain/env toolchain/bin/pulumi .ci/run

lint-yaml: python
	@$(WITH_ENV) git ls-files -z '*.yml' '*.yaml' | xargs -0 yamllint --strict

# Both fix what they find, and then fail.
lint-whitespace: python
	@$(WITH_ENV) git grep -Ilz '' | xargs -0 trailing-whitespace-fixer
	@$(WITH_ENV) git grep -Ilz '' | xargs -0 end-of-file-fixer

lint-secrets: python
	@$(WITH_ENV) python -m toolchain.secrets

.PHONY: fmt
fmt: python ## format the code, and fix what lint can fix
	@$(WITH_ENV) ruff format .
	@$(WITH_ENV) ruff check --fix .

.PHONY: golden
golden: python ## write the golden files anew; read the diff before you commit it
	@$(WITH_ENV) python -m tests.support.golden

.PHONY: docs
docs: python ## write docs/config.md, schema/, the console's openapi.json and the plan in README.md from the models
	@$(WITH_ENV) python -m toolchain.docs

.PHONY: test
test: test-begins setup check test-go test-console test-engine test-processes test-local test-existing ## the tests: no host, console, engine, processes, machines (root)

.PHONY: test-begins
test-begins:
	@echo 'make test: about half an hour, besides what make up would have to install and build' >&2

.PHONY: test-go
test-go: lint-workflows ## the stand-in command provider keeps the official behavior and limits
	@$(STEP) 'tests of the stand-in command provider, compiled first' 60 env -C toolchain/go/engine CGO_ENABLED=0 go test -trimpath ./command/...
	@$(PYTEST) -q tests -m go

.PHONY: lint-workflows
lint-workflows: python ## actionlint on the workflows (or on WORKFLOWS), with shellcheck on their scripts
	@$(STEP) 'actionlint, compiled first' 20 env -C toolchain/lint CGO_ENABLED=0 go run -trimpath github.com/rhysd/actionlint/cmd/actionlint \
	    -shellcheck "$(CURDIR)/.venv/bin/shellcheck" $(WORKFLOWS)

.PHONY: test-console
test-console: python ## the console's addresses, fuzzed against their description
	@$(PYTEST) -q tests/unit/console -m console

.PHONY: test-engine
test-engine: setup test-archive ## previews and refusals by the real engine
	@$(WITH_ENV) python -m toolchain.archive 5.3.3 # which the recorded states have deployed
	@$(PYTEST) -q tests/engine -m engine

.PHONY: test-processes
test-processes: python test-archive ## the checks against RocketMQ processes on loopback
	@$(PYTEST) -q tests -m processes

.PHONY: browser
browser: python ## a browser for the tests of the console, and its driver
	@{ command -v chromium || command -v google-chrome || command -v chromium-browser; } >/dev/null || $(STEP) 'this computer: installing chromium' 60 sh -c 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium fonts-noto-cjk' || { echo 'chromium: cannot be installed; install it and run again' >&2; exit 1; }
	@UV_PROJECT_ENVIRONMENT="$(CURDIR)/.state/browser" $(STEP) "browser: its driver" 10 .state/uv/bin/uv sync --quiet --frozen --project tests/browser

.PHONY: test-local
test-local: setup test-archive browser ## a real cluster on machines of this computer, its console in a browser
	@$(PYTEST) -v tests/local -m 'local and not kills' --durations=12

.PHONY: screenshots
screenshots: engine browser ## the pictures in docs/images, of STACK, which is up
	@$(WITH_ENV) python -m tests.benchmarks.screenshots $(STACK)

.PHONY: bench-console
bench-console: engine ## measure the console of STACK, which is up, and write docs/console.md's table
	@$(WITH_ENV) python -m tests.benchmarks.console $(STACK)

.PHONY: bench-noop
bench-noop: engine ## measure commands on STACK, which is up, that change nothing, and write docs/operations.md's table
	@$(WITH_ENV) python -m tests.benchmarks.noop $(STACK)

.PHONY: test-schemes
test-schemes: setup ## a cluster of each scheme on machines of this computer, up, verified, tried, down
	@$(PYTEST) -v tests/schemes -m schemes --durations=12

.PHONY: test-existing
test-existing: setup ## servers that run already, played by machines of this computer
	@$(PYTEST) -v tests/existing -m existing --durations=12

.PHONY: test-lab
test-lab: python ## a real cluster on virtual machines, made and destroyed (root): a quarter of an hour emulated
	@$(WITH_ENV) env ROUNDS=3 pytest -v tests/lab -m 'lab and not full and not machines' --capture=sys --durations=12

.PHONY: test-lab-disks
test-lab-disks: python ## the lab's pool, volumes and cloud-init disks, without machines, ROUNDS times (root): 7 s each
	@$(WITH_ENV) env ROUNDS=$(ROUNDS) pytest -v tests/lab -m disks --capture=sys

.PHONY: test-lab-full
test-lab-full: python ## more of the lab: replication with a stopped slave, a machine off and on: half an hour emulated
	@$(PYTEST) -v tests/lab -m full --capture=sys --durations=12

.PHONY: test-lab-machines
test-lab-machines: python ## machines of the lab lost, rebuilt, enlarged, every message counted: 40 minutes emulated
	@$(PYTEST) -v tests/lab -m machines --capture=sys --durations=12

.PHONY: test-kills
test-kills: setup ## kill `make up` at KILLS random moments, then bring it up
	@$(WITH_ENV) env KILLS=$(KILLS) pytest -v tests/local -m kills

.PHONY: clean
clean: ## remove what setup made in this clone; not the cache, not the state of stacks
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .state/uv .state/bin .state/pulumi-home .state/archive
