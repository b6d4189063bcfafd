# The command, its man page and its completion: no part of the server, so they go where other programs are. What they need
# of PostgreSQL is libpq. Called by the Makefile, from the top of the tree, and included by src/pg/extension.mk.

PREFIX ?= /usr/local
COMMAND_BUILD ?= build/command
COMMAND_VERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" control/internal_events.control)
COMMAND := $(COMMAND_BUILD)/internal-events
MAN_PAGE := $(COMMAND_BUILD)/internal-events.1
COMPLETION := $(COMMAND_BUILD)/internal-events.bash
COMMAND_SOURCES := CMakeLists.txt control/internal_events.control \
	$(shell find src/cli src/core definitions/schema definitions/iglu definitions/built_in -type f)
# What is said where CMake, or something that it looks for, is not there.
MISSING := On Debian, \`make packages\` installs what is missing to build.

.PHONY: command install-command uninstall-command

command: $(COMMAND) $(MAN_PAGE) $(COMPLETION)

install-command: command
	install -D -m 755 $(COMMAND) '$(DESTDIR)$(PREFIX)/bin/internal-events'
	install -D -m 644 $(MAN_PAGE) '$(DESTDIR)$(PREFIX)/share/man/man1/internal-events.1'
	install -D -m 644 $(COMPLETION) '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/internal-events'

uninstall-command:
	rm -f '$(DESTDIR)$(PREFIX)/bin/internal-events' '$(DESTDIR)$(PREFIX)/share/man/man1/internal-events.1' \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/internal-events'

# Configured once: from then on CMake looks by itself whether what it has read has changed.
$(COMMAND_BUILD)/Makefile:
	@mkdir -p $(@D)
	cmake -S . -B $(@D) >$(@D)/configure.log || { cat $(@D)/configure.log; echo "$(MISSING)" >&2; exit 1; }

$(COMMAND): $(COMMAND_SOURCES) | $(COMMAND_BUILD)/Makefile
	+cmake --build $(@D)
	@touch $@

$(MAN_PAGE): docs/command.md scripts/man-page control/internal_events.control
	@mkdir -p $(@D)
	@scripts/man-page $(COMMAND_VERSION) >$@.part && mv $@.part $@

$(COMPLETION): $(COMMAND)
	@$(COMMAND) completion bash >$@
