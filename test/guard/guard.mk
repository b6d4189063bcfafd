# The library that the tests of the C++ border load: what stands at the border, and functions that go wrong on purpose.
# Called by test/run-sql with PG_CONFIG set, from the top of the tree; the target is guard-test.

include src/pg/extension.mk

GUARD_TEST := $(BUILD)/internal_events_guard_test.so

.PHONY: guard-test
guard-test: $(GUARD_TEST)

$(BUILD)/guard_test.o: test/guard/guard_test.cpp test/guard/guard.mk
	@mkdir -p $(@D)
	$(CXX) $(CXX_STANDARD) -O2 -g -fPIC -fno-strict-aliasing -fwrapv -Isrc $(SERVER_INCLUDES) -D_GNU_SOURCE -MMD -MP -c $< -o $@

-include $(BUILD)/guard_test.d

$(GUARD_TEST): $(BUILD)/guard_test.o $(BUILD)/guard.o $(BUILD)/utf8.o $(BUILD)/http/statement.o $(CORE)
	$(CXX) -shared $^ -o $@
