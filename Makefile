# `make help` lists the commands. PRESET names a preset of CMakePresets.json.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PRESET ?= release
JOBS ?= 2
RUNS ?= 1000000
export PRESET JOBS

STACK := deploy/local/stack
SOURCES = git ls-files --cached --others --exclude-standard -- '*.cc' '*.h'

.PHONY: help setup build programs demo up down test sanitize cluster upgrade simulate fuzz browser bench bare fmt lint contracts-baseline clean

help: ## this list
	@echo "Telex: make COMMAND [PRESET=release] [JOBS=2]"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## install the Debian packages and the broker that are missing
	@deploy/local/install.sh
	@$(STACK) fetch

build: ## build PRESET; its programs are linked into bin/
	@deploy/local/build $(PRESET)

programs: ## build the programs of PRESET alone, without tests and benchmarks
	@deploy/local/build $(PRESET) services/all

demo: ## from a bare machine to a story in a feed
	@echo "1 of 4: Debian packages"
	@deploy/local/install.sh
	@$(STACK) check
	@echo "2 of 4: the programs; the broker is fetched meanwhile"
	@$(STACK) fetch & fetching=$$!; $(MAKE) programs && wait $$fetching
	@echo "3 of 4: the local stack"
	@$(STACK) up
	@echo "4 of 4: a story's way"
	@deploy/local/demo

up: programs ## start the local stack: Kafka, Redis, the services
	@$(STACK) up

down: ## stop the local stack; its data stays
	@$(STACK) down

test: setup build ## all tests: unit, simulation, component, end-to-end, chaos
	@tests/run build/$(PRESET)

sanitize: setup ## the unit tests under the address and undefined-behaviour sanitizers
	@deploy/local/build asan tests/unit/all
	@ctest --test-dir build/asan -L unit -j $(JOBS) --output-on-failure

cluster: setup build ## Telex on three brokers that are hurt; compaction, a full disk (as root)
	@TELEX_STACK_BIN_DIR=build/$(PRESET)/bin tests/cluster/run

upgrade: setup build ## chaos beside the programs of another release, FROM=<tag or commit>; before a release
	@other=$$(tests/chaos/build_release "$(FROM)") && \
	TELEX_STACK_BIN_DIR=build/$(PRESET)/bin tests/chaos/run --other-bin-dir "$$other"

simulate: setup build ## RUNS=1000000 worlds of the simulator, JOBS at once, from SEED on
	@tests/simulation/run build/$(PRESET) $(RUNS)

browser: ## The script tag of views in Chromium, a minute
	@deploy/local/install.sh browser
	@tests/browser/run

fuzz: setup ## libFuzzer against what reads foreign bytes, FUZZ_SECONDS=60 each
	@deploy/local/install.sh fuzz
	@tests/fuzz/run $(or $(FUZZ_SECONDS),60)

bench: setup build ## the benchmarks, one line of JSON a figure
	@deploy/local/install.sh bench
	@tests/benchmark/run build/$(PRESET)

bare: ## demo and test in a bare Debian 12, as root and as a user with sudo
	@tests/bare/whole

fmt: ## format the C++ sources
	@deploy/local/install.sh lint
	@$(SOURCES) | xargs -r clang-format-16 -i

lint: ## check the formatting, and run clang-tidy on what changed since it was clean
	@deploy/local/install.sh build lint
	@deploy/local/lint

contracts-baseline: ## keep the contracts as they are as those of this version, at its release
	@version=$$(sed -n 's/^project(telex VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt) && \
	mkdir -p proto/baseline && \
	protoc --proto_path=proto --include_imports \
	  --descriptor_set_out=proto/baseline/v$$version.binpb \
	  $$(cd proto && find . -name '*.proto' | sed 's,^\./,,' | LC_ALL=C sort) && \
	echo "proto/baseline/v$$version.binpb"

clean: ## remove the build of PRESET, bin/, and the local stack with its data
	@$(STACK) down --wipe
	@rm -rf build/$(PRESET) build/lint bin .stack-test
