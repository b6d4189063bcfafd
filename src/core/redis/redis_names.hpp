// Which event an old name of a Redis counter stands for, after GitLab's files of key overrides.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"
#include "core/definitions/selection_rule.hpp"

namespace internal_events::core {

// The new names of old ones: unique counters by the name of their event, totals by their whole key in Redis.
struct RedisNames {
  std::map<std::string, SelectionRule> uniques;
  std::map<std::string, SelectionRule> totals;
};

// Reads the key of an override: event-filter:[label:x,property:y]-user, or {event_counters}_event-filter:[label:x];
// none where it is neither.
std::optional<SelectionRule> rule_of_redis_key(std::string_view key, bool is_unique);

// Reads a file of overrides, each of which maps a new key to an old name.
std::map<std::string, SelectionRule> read_overrides(std::string_view yaml, bool is_unique, Problems &problems);

// What is counted once, as metrics write it: user.id for user; properties are called by their names.
std::string identifier_named(std::string_view name);

// The key in Redis of a total that a metric describes by prefix and event.
std::string redis_key_of_total(std::string_view prefix, std::string_view event, bool has_usage_prefix);

}  // namespace internal_events::core
