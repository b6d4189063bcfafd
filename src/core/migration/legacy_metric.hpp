// What a metric counts that Redis counted so far, in the words of Internal Events.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/definitions/yaml_document.hpp"
#include "core/redis/redis_overrides.hpp"

namespace internal_events::core {

// What a migration knows beyond the files of metrics.
struct MigrationNames {
  RedisOverrides redis;
  std::string default_identifier = "user.id";
  std::map<std::string, std::string> identifiers;               // by event, where somebody has said so
  std::map<std::string, std::set<std::string>> defined_events;  // their identifiers: user, project ...
};

// A rule, and the line of the old name that it comes from; 0 where that is no item of a list.
struct LegacyRule {
  SelectionRule rule;
  int line = 0;
};

struct LegacyMetric {
  bool has_events = false;  // the file has its rules already
  std::vector<LegacyRule> rules;
  std::vector<std::string> notes;  // what was taken for granted, for a reader to check
};

// Why a file stays as it is, and what somebody can do; nothing, where it may stay.
struct Refusal {
  Position position;
  std::string reason;
  std::string remedy;
  bool needs_hand = true;
};

// Where the identifier of an event comes from.
struct ResolvedEvent {
  SelectionRule rule;
  bool is_renamed = false;  // by the overrides
  bool is_assumed = false;  // nobody has said what is counted once
};

// The rule that the name of a unique counter stands for; `attribute` is what the metric itself says is counted once.
ResolvedEvent resolve_unique(const MigrationNames &names, const std::string &old_name,
                             const std::string &attribute = "");

// Reads what a metric of data source redis or redis_hll counts.
std::variant<LegacyMetric, Refusal> read_legacy_metric(const Document &document, const MigrationNames &names);

// The name of a counter in GitLab's code without its class: source_code for SourceCodeCounter.
std::string prefix_of_counter_class(const std::string &counter_class);

}  // namespace internal_events::core
