# modeldeck: every command a developer or an operator needs. `make help` lists them.
SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr/local
ARGS ?=
# A static Swift runtime: one file to copy to a bastion host, and a faster start.
RELEASE := -c release --static-swift-stdlib --product modeldeck
SOURCES := Package.swift Sources Tests
# One process each: the tests of a screen and of kubectl wait for other programs and would hold up the ones that run beside them.
TESTS := $(notdir $(wildcard Tests/*Tests))

.PHONY: help demo test build release run install uninstall lint format check golden bench soak clean packages

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: build ## Install what is missing, build, and open the dashboard on the embedded cluster
	@$$($(SWIFT) build --show-bin-path)/modeldeck demo $(ARGS)

test: packages ## Install what is missing, build, and run every test
	@echo "make test: building the program and its tests (a first build takes several minutes)"
	@$(SWIFT) build --build-tests
	@echo "make test: running every test of one target after the other"
	@scripts/run-tests $(TESTS)

build: packages
	@echo "make: building modeldeck (a first build takes several minutes)"
	@$(SWIFT) build --product modeldeck

release: packages ## Build the release binary
	@$(SWIFT) build $(RELEASE)

run: build ## Run the program: make run ARGS="--context staging"
	@$$($(SWIFT) build --show-bin-path)/modeldeck $(ARGS)

install: release ## Install the release binary, its manual page and the themes under PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/modeldeck/themes $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 -s $$($(SWIFT) build $(RELEASE) --show-bin-path)/modeldeck $(DESTDIR)$(PREFIX)/bin/modeldeck
	install -m 644 themes/*.yaml $(DESTDIR)$(PREFIX)/share/modeldeck/themes/
	$(DESTDIR)$(PREFIX)/bin/modeldeck manual > $(DESTDIR)$(PREFIX)/share/man/man1/modeldeck.1

uninstall: ## Remove what install put under PREFIX
	rm -f $(DESTDIR)$(PREFIX)/bin/modeldeck
	rm -rf $(DESTDIR)$(PREFIX)/share/modeldeck $(DESTDIR)$(PREFIX)/share/man/man1/modeldeck.1

lint: ## Check the format, the rules of the house, and that no warning is left
	@scripts/lint

format: ## Format every Swift file
	@$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

check: lint test ## What a change must pass before it is proposed

golden: packages ## Record the expected screens again (the run fails once: look at the difference)
	-@RECORD=1 $(SWIFT) test --disable-xctest --filter DashboardTests
	@git status --short Tests

bench: release ## Measure speed and memory beside kubectl in the same run, a quarter of an hour (BENCH=quick: a few minutes)
	@scripts/bench

soak: release ## Run churn and random faults for SOAK_MINUTES (10), and check what is left
	@scripts/soak

clean: ## Remove what was built
	rm -rf .build

packages:
	@scripts/install-packages
