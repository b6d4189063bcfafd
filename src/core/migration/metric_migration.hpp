// Rewrites the text of a metric definition from Redis to Internal Events.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/migration/legacy_metric.hpp"

namespace internal_events::core {

struct MigratedMetric {
  std::string text;
  std::vector<SelectionRule> rules;
  std::vector<std::string> notes;
};

// Rewrites a valid definition of data source redis or redis_hll. Only the lines of data_source, instrumentation_class
// and options change, and no comment is lost; a file of which that cannot be said is refused.
std::variant<MigratedMetric, Refusal> migrate_metric(const std::string &text, const MigrationNames &names);

}  // namespace internal_events::core
