# internal_events: product analytics inside PostgreSQL. `make help` lists the targets.

PG_CONFIG ?= /usr/lib/postgresql/$(shell scripts/pg-major)/bin/pg_config
COMMAND_MAKE = $(MAKE) --no-print-directory -f src/cli/command.mk
EXTENSION_MAKE = $(MAKE) --no-print-directory -f src/pg/extension.mk PG_CONFIG=$(PG_CONFIG)
CLUSTER := scripts/cluster.py run --conf shared_preload_libraries=pg_cron --conf cron.use_background_workers=on
JOBS := $(shell nproc)
# One more than there are cores, as some wait.
TEST_WORKERS ?= $(shell expr $(JOBS) + 1)
VERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" control/internal_events.control)
CORPUS ?= $(abspath ../shared/corpus/gitlab)
SECONDS_OF_FUZZING ?= 60
SERVER_TESTS = INTERNAL_EVENTS_CORPUS=$(CORPUS) /usr/bin/python3 -m pytest -q -ra -p no:cacheprovider \
	-n $(TEST_WORKERS) --dist loadfile test/server
# The tree of unit tests and fuzz targets.
BUILD_SANITIZED = @mkdir -p build && CXX=clang++ cmake -S . -B build/sanitized -DINTERNAL_EVENTS_TESTS=ON \
	-DINTERNAL_EVENTS_COMMAND=OFF -DCMAKE_BUILD_TYPE=Debug >build/cmake.log || { cat build/cmake.log; exit 1; }; \
	cmake --build build/sanitized -j$(JOBS)

.PHONY: all install uninstall command install-command uninstall-command installcheck clean help packages \
	private-install demo check check-all check-parts durations check-core check-sql check-server check-matrix \
	check-manifest fuzz fuzz-definition fuzz-snowplow fuzz-redis_hll bench lint format freeze dist

all: ## build the extension and the command
	+@$(EXTENSION_MAKE) all

install: ## install them, the extension into the PostgreSQL of PG_CONFIG
	+@$(EXTENSION_MAKE) install

uninstall: ## remove it from there
	+@$(EXTENSION_MAKE) uninstall

command: ## build the command internal-events alone; PostgreSQL's server is not needed for that, but libpq
	+@$(COMMAND_MAKE) command

install-command: ## install it below PREFIX, /usr/local by default, with its man page and its completion
	+@$(COMMAND_MAKE) install-command

uninstall-command: ## remove it from there
	+@$(COMMAND_MAKE) uninstall-command

installcheck: ## run pg_regress against an installed extension and a running server
	@mkdir -p build
	+@$(EXTENSION_MAKE) installcheck

clean: ## remove what was built
	@scripts/private-root --remove
	+@$(EXTENSION_MAKE) clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F'\t' '{printf "  make %-17s %s\n", $$1, $$2}'

packages: ## install the Debian packages that are missing to build; SHELF=test: to test; the shelves: scripts/packages.txt
	@scripts/install-packages --for $(or $(SHELF),build)

private-install: all
	@scripts/private-root >/dev/null
	+@$(EXTENSION_MAKE) install DESTDIR=$(abspath build/root) >build/install.log || { cat build/install.log; exit 1; }

demo: ## track a hundred thousand events in a private cluster and show the numbers; SNOWPLOW=1: and forward some
	@scripts/step 'Installing packages' build/log/demo-packages.log scripts/install-packages --for $(if $(SNOWPLOW),collector,demo)
	@scripts/step 'Building' build/log/demo-build.log $(MAKE) --no-print-directory -j$(JOBS) private-install
	@demo/run $(if $(SNOWPLOW),--snowplow)

check: ## run every test, with small sizes where only size makes one long
	@scripts/install-packages --for test
	@scripts/step 'Building' build/log/check-build.log $(MAKE) --no-print-directory -j$(JOBS) private-install
	@$(MAKE) --no-print-directory check-parts
	@echo "make check: everything passed"

check-all: ## make check with every test in its whole size, long fuzzing, and make check-matrix
	@INTERNAL_EVENTS_SCALE=full $(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory check-matrix
	@echo "make check-all: everything passed"

check-parts: check-manifest $(if $(MATRIX),,lint) check-core check-sql check-server

check-core: ## unit tests of the core library, under AddressSanitizer and UBSan, and a short fuzzing
	$(BUILD_SANITIZED)
	INTERNAL_EVENTS_CORPUS=$(CORPUS) ctest --test-dir build/sanitized --output-on-failure -j$(JOBS)
	@$(MAKE) --no-print-directory fuzz FUZZ_LIMIT=-runs=20000

check-sql: private-install ## pg_regress, pgTAP and the border's own tests in a private cluster
	test/static/check-source
	$(CLUSTER) --share definitions $(if $(wildcard $(CORPUS)),--share $(CORPUS)) -- test/run-sql

check-server: private-install ## crashes, dumps, concurrency, Redis, pg_cron: tests that need servers of their own
	$(SERVER_TESTS) $(if $(filter full,$(INTERNAL_EVENTS_SCALE)),,--draw)

durations: private-install ## note how long each file of server tests takes, by which they are ordered; on a quiet machine
	$(SERVER_TESTS) --record-durations

check-matrix: ## run make check on PostgreSQL 17, in a Debian 13 root
	scripts/check-matrix

check-manifest:
	@mkdir -p build
	@find sql -name '*.sql' -not -path 'sql/updates/*' | sort >build/sql-files
	@sed -e '/^#/d' -e '/^$$/d' -e 's|.*|sql/&.sql|' sql/manifest | sort | diff build/sql-files - || { echo "sql/manifest and the files of sql/ differ"; exit 1; }

fuzz: ## fuzz the definition loader, the reader of Snowplow's events and that of Redis' sketches, each for SECONDS_OF_FUZZING
	$(BUILD_SANITIZED)
	@$(MAKE) --no-print-directory -j$(JOBS) fuzz-definition fuzz-snowplow fuzz-redis_hll

# Known inputs come first; LARGEST bounds the new ones, in bytes.
fuzz-definition: LARGEST = 8192
fuzz-definition: KNOWN = definitions/events/*.yml definitions/metrics/*.yml
fuzz-snowplow: LARGEST = 8192
fuzz-snowplow: KNOWN = test/fuzz/snowplow/*
fuzz-redis_hll: LARGEST = 16401
fuzz-redis_hll: KNOWN = test/fuzz/redis/*
fuzz-definition fuzz-snowplow fuzz-redis_hll: fuzz-%:
	@mkdir -p build/fuzz/$*
	@cp $(KNOWN) build/fuzz/$*/
	build/sanitized/test/fuzz/$*_fuzzer $(or $(FUZZ_LIMIT),-max_total_time=$(SECONDS_OF_FUZZING)) -max_len=$(LARGEST) \
		-verbosity=0 -print_final_stats=1 build/fuzz/$* >build/fuzz/$*.log 2>&1 || { cat build/fuzz/$*.log; exit 1; }
	@grep '^stat::number_of_executed_units' build/fuzz/$*.log

bench: ## measure against the peers, and print the ratios
	@scripts/step 'Installing packages' build/log/bench-packages.log scripts/install-packages --for bench
	@scripts/step 'Building' build/log/bench-build.log $(MAKE) --no-print-directory -j$(JOBS) private-install
	bench/run

lint: ## check format and run the static analysis
	@scripts/install-packages --for lint
	clang-format --dry-run --Werror $(shell git ls-files '*.cpp' '*.hpp')
	PG_CONFIG=$(PG_CONFIG) test/static/clang-tidy

format: ## format the C++ files
	clang-format -i $(shell git ls-files '*.cpp' '*.hpp')

freeze: all ## keep the scripts of a version that is released, as they lead to it and away from it from now on
	for script in build/pg*/internal_events--$(VERSION).sql build/pg*/internal_events--*--$(VERSION).sql; do \
		gzip -9nc $$script >sql/released/$$(basename $$script).gz || exit 1; done
	rm sql/updates/*--$(VERSION).sql

dist: ## make the PGXN archive
	scripts/make-dist
