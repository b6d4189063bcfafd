// How GitLab names what it counts in Redis.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/definitions/selection_rule.hpp"

namespace internal_events::core {

constexpr std::string_view redis_hll_prefix = "{hll_counters}_";
constexpr std::string_view redis_counter_prefix = "{event_counters}_";

// Reads a name without prefix and week: event-filter:[label:x,property:y], and -user behind it where a rule has an
// identifier; none where it is no such name.
std::optional<SelectionRule> rule_of_redis_name(std::string_view name, bool has_identifier);

// What is counted once, as metrics write it: user.id for user; properties are called by their names.
std::string identifier_named(std::string_view name);

// The key in Redis of a total that a metric describes by prefix and event.
std::string redis_key_of_total(std::string_view prefix, std::string_view event, bool has_usage_prefix);

}  // namespace internal_events::core
