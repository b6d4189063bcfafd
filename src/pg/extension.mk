# The extension, built by PGXS from src/pg and sql; the core library, which knows nothing of PostgreSQL, by CMake.
# Called by the Makefile, from the top of the tree.

EXTENSION_NAME := internal_events
PG_CONFIG ?= $(error PG_CONFIG is not set; call the Makefile)
ifeq ($(shell command -v $(PG_CONFIG)),)
$(error $(PG_CONFIG) is not here; `make packages` installs it on Debian, PG_CONFIG=/path/to/pg_config names another one)
endif
PG_MAJOR := $(shell $(PG_CONFIG) --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" control/$(EXTENSION_NAME).control)

BUILD := build/pg$(PG_MAJOR)
CORE := $(BUILD)/core/libinternal_events_core.a
SQL_PARTS := $(patsubst %,sql/%.sql,$(shell sed -e '/^\#/d' -e '/^$$/d' sql/manifest))
BUILT_IN := $(sort $(wildcard definitions/built_in/*.yml))
EXTENSION_SQL := $(BUILD)/$(EXTENSION_NAME)--$(EXTVERSION).sql

MODULE_big := $(EXTENSION_NAME)
OBJS := $(patsubst src/pg/%.cpp,$(BUILD)/%.o,$(wildcard src/pg/*.cpp))
EXTENSION := control/$(EXTENSION_NAME)
UPDATES := $(patsubst sql/updates/%.sql,$(BUILD)/$(EXTENSION_NAME)--%.sql,$(wildcard sql/updates/*.sql))
RELEASED_UPDATES := $(patsubst sql/released/%.gz,$(BUILD)/%,$(wildcard sql/released/*--*--*.sql.gz))
DATA_built := $(EXTENSION_SQL) $(UPDATES) $(RELEASED_UPDATES)
# What talks to the network is a library of its own: a session that only tracks never loads libcurl.
HTTP_LIBRARY := $(EXTENSION_NAME)_http.so
HTTP_OBJS := $(patsubst src/pg_http/%.cpp,$(BUILD)/http/%.o,$(wildcard src/pg_http/*.cpp)) $(BUILD)/guard.o $(BUILD)/utf8.o
HTTP_CORE := $(BUILD)/core/libinternal_events_http.a
SHLIB_LINK := $(CORE) -lyaml-cpp -lstdc++ -Wl,--version-script=src/pg/exports.map
REGRESS := $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql))
REGRESS_OPTS := --inputdir=test --outputdir=$(BUILD)/regress
EXTRA_CLEAN := build $(HTTP_LIBRARY)

# Without LLVM bitcode: functions that write or call C++ gain nothing from being inlined into queries.
override with_llvm := no
override srcdir := .
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# One run of CMake makes the command and the libraries.
COMMAND_BUILD := $(BUILD)/core
include src/cli/command.mk

# The server's headers are not ours to warn about. Where their package is not installed, `make packages` unpacks them.
CXX_STANDARD := -std=c++20 -Wall -Wextra -Werror -Wno-register
SERVER_INCLUDES = -isystem $(includedir_server) -isystem build/headers$(includedir_server) -isystem $(includedir_internal)

$(OBJS) $(HTTP_OBJS): | server-headers

server-headers:
	@test -e $(includedir_server)/postgres.h -o -e build/headers$(includedir_server)/postgres.h || { \
		echo "PostgreSQL's headers are not here. $(MISSING)" >&2; exit 1; }

.PHONY: server-headers

$(BUILD)/%.o: src/pg/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXX_STANDARD) -O2 -g1 -fPIC -fno-strict-aliasing -fwrapv -Isrc $(SERVER_INCLUDES) -D_GNU_SOURCE -MMD -MP -c $< -o $@

$(BUILD)/http/%.o: src/pg_http/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXX_STANDARD) -O2 -g1 -fPIC -fno-strict-aliasing -fwrapv -Isrc $(SERVER_INCLUDES) -D_GNU_SOURCE \
		-DINTERNAL_EVENTS_VERSION='"$(EXTVERSION)"' -MMD -MP -c $< -o $@

-include $(OBJS:.o=.d) $(HTTP_OBJS:.o=.d)

$(shlib): $(CORE)

all: $(HTTP_LIBRARY) command

$(HTTP_LIBRARY): $(HTTP_OBJS) $(HTTP_CORE) src/pg/exports.map
	$(CXX) -shared -Wl,-z,relro -Wl,-z,now -Wl,--as-needed -o $@ $(HTTP_OBJS) $(HTTP_CORE) $(CORE) -lyaml-cpp -lcurl -lcrypto -lz \
		-Wl,--version-script=src/pg/exports.map

install: install-http install-command
uninstall: uninstall-http uninstall-command

install-http: $(HTTP_LIBRARY) installdirs
	$(INSTALL_SHLIB) $(HTTP_LIBRARY) '$(DESTDIR)$(pkglibdir)/'

uninstall-http:
	rm -f '$(DESTDIR)$(pkglibdir)/$(HTTP_LIBRARY)'

.PHONY: install-http uninstall-http

$(CORE) $(HTTP_CORE): $(COMMAND)
	@touch $@

$(EXTENSION_SQL): sql/manifest $(SQL_PARTS) $(BUILT_IN) scripts/extension-sql
	@mkdir -p $(@D)
	@scripts/extension-sql install >$@

$(UPDATES): $(BUILD)/$(EXTENSION_NAME)--%.sql: sql/updates/%.sql sql/manifest $(SQL_PARTS) $(BUILT_IN) scripts/extension-sql
	@mkdir -p $(@D)
	@scripts/extension-sql update $< >$@

# What leads to a released version stays as it was released: today's objects are not those of then.
$(RELEASED_UPDATES): $(BUILD)/%: sql/released/%.gz
	@mkdir -p $(@D)
	@gzip -dc $< >$@
