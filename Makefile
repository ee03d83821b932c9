# Everything one does with this repository. Python 3.11+ and make are enough; `make help` lists the commands.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := $(or $(shell uv --version >/dev/null 2>&1 && command -v uv),.tools/bin/uv)
STAMP := $(VENV)/.synced
MANIFESTS := pyproject.toml uv.lock $(wildcard packages/*/pyproject.toml services/*/pyproject.toml)
CODE := packages services scripts tests $(wildcard bench)

# Test processes at most; each has a PostgreSQL of its own.
WORKERS ?= 4
PYTEST := $(BIN)/pytest -n auto --maxprocesses $(WORKERS) --dist worksteal
# More arguments, for example: make test ARGS="tests/backend -k undo"
ARGS ?=

export UV_PYTHON_DOWNLOADS := never
export PYTHONPATH := scripts

##@ Run

.PHONY: help
help: ## Show this list
	@if [ -t 1 ]; then bold=$$(printf '\033[1m'); blue=$$(printf '\033[36m'); off=$$(printf '\033[0m'); fi; \
		awk -v bold="$$bold" -v blue="$$blue" -v off="$$off" 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s%s%s\n", bold, substr($$0, 5), off } \
		/^[a-z0-9-]+:.*## / { printf "  %smake %-14s%s %s\n", blue, $$1, off, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: dev
dev: $(STAMP) ## Start PostgreSQL and the three services with hot reload and a demo account (DEMO=0: none)
	@exec $(BIN)/python -m devstack dev --with-parent

.PHONY: migrate
migrate: $(STAMP) ## Bring the development database (or DATABASE_URL) to the newest schema
	@$(BIN)/python -m devstack migrate

##@ Test

.PHONY: test
test: $(STAMP) ## Every test that needs neither a browser, Docker nor a cluster
	@$(PYTEST) -m "not e2e and not api and not faults" $(ARGS)

.PHONY: test-fast
test-fast: $(STAMP) ## The tests that take less than a second each
	@$(PYTEST) -m "not e2e and not api and not faults and not slow" $(ARGS)

.PHONY: test-e2e
test-e2e: $(STAMP) ## The tests in a real browser (Chromium)
	@$(BIN)/pytest -m e2e tests/e2e $(ARGS)

.PHONY: test-faults
test-faults: $(STAMP) ## Crashes and races at full length, with counts (about 20 minutes; ARGS=leases for one)
	@for name in $(or $(ARGS),idempotency database_crash backend_crash editors decisions suggestion_limits \
		leases agent_crash disconnects); do $(BIN)/python -m tests.faults.$$name || exit 1; done
	@$(if $(ARGS),true,$(BIN)/pytest -q -m faults tests/faults)

.PHONY: bench
bench: $(STAMP) ## The benchmarks of bench/, as ratios side by side
	@exec $(BIN)/python -m bench $(ARGS)

##@ Check

.PHONY: ci
ci: check test ## What continuous integration runs: check and test

.PHONY: check
check: $(STAMP) ## Formatting, lint, types, import contracts, API contracts, size and duplicate rules
	@$(UV) lock --check --quiet
	@$(BIN)/ruff format --check --output-format concise $(CODE) || { echo "Run 'make fmt'."; exit 1; }
	@$(MAKE) lint type
	@$(BIN)/python -m openapi_contracts --check
	@$(BIN)/pytest -q --no-header --durations=0 tests/architecture tests/contract/test_schemathesis.py

.PHONY: fmt
fmt: $(STAMP) ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix-only --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

.PHONY: lint
lint: $(STAMP) ## Lint, and who may import whom
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/lint-imports --no-logo

.PHONY: type
type: $(STAMP) ## Types (mypy --strict)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary tests scripts

.PHONY: contracts
contracts: $(STAMP) ## Write contracts/*.openapi.json from the code
	@$(BIN)/python -m openapi_contracts

##@ Look after

.PHONY: setup
setup: $(STAMP) ## Install everything into .venv (the other commands do this by themselves)

.PHONY: screenshots
screenshots: $(STAMP) ## Take docs/images/ from the real pages (Chromium)
	@$(BIN)/python -m screenshots

.PHONY: clean
clean: ## Remove what can be made again; data in .data/ stays
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find packages services scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): $(MANIFESTS) | $(UV)
	@python=$$(scripts/find-python.sh) && \
		if [ -x $(BIN)/python ]; then python=$(BIN)/python; fi && \
		$(UV) sync --quiet --all-groups --python "$$python"
	@touch $@

.tools/bin/uv:
	@python=$$(scripts/find-python.sh) && scripts/install-uv.sh "$$python"

##@ Images and clusters

# Names of the images' tag, of the release and of its namespace.
TAG ?= dev
RELEASE ?= todo
NAMESPACE ?= todo
export TAG RELEASE NAMESPACE
REVISION = $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
IMAGE = DOCKER_BUILDKIT=1 docker build --quiet --build-arg VERSION=$(TAG) --build-arg REVISION=$(REVISION)

.PHONY: images
images: ## Build todo-backend, todo-ai-agent and todo-frontend with tag TAG (dev)
	@$(IMAGE) --file services/backend/Dockerfile --tag todo-backend:$(TAG) . >/dev/null
	@$(IMAGE) --file services/ai-agent/Dockerfile --tag todo-ai-agent:$(TAG) . >/dev/null
	@$(IMAGE) --file services/frontend/Dockerfile --tag todo-frontend:$(TAG) . >/dev/null
	@docker images --format 'table {{.Repository}}\t{{.Tag}}\t{{.Size}}' | grep -E '^(REPOSITORY|todo-(backend|ai-agent|frontend)) ' | grep -E '^REPOSITORY| $(TAG) '

# Their files are not named test_*, so that `make test` leaves them out.
.PHONY: test-images
test-images: $(STAMP) images ## The images and compose, with Docker (about 2 minutes)
	@$(BIN)/pytest -p no:xdist tests/images/check_images.py tests/images/check_compose.py $(ARGS)

.PHONY: test-cluster
test-cluster: $(STAMP) ## The chart on the cluster of the current kube context (about 15 minutes; ARGS="-k rollout")
	@$(BIN)/pytest -p no:xdist -s $(addprefix tests/cluster/check_,install.py network.py traffic.py data.py) $(ARGS)

.PHONY: minikube
minikube: ## Build, load and install on minikube (CLUSTER=kind, or CLUSTER=current IMAGE_LOAD='command')
	@scripts/deploy-minikube.sh

.PHONY: validate rollback backup
validate: ## Check a running installation through its Ingress
	@scripts/validate.sh
rollback: ## Go back to the previous release (DRY_RUN=1 shows it)
	@scripts/rollback.sh
backup: ## Back up the installation's database now and verify the backup (DRY_RUN=1 shows it)
	@scripts/backup.sh --verify
