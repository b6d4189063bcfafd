// Writes event definitions for what metrics count and nobody has defined.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace internal_events::core {

// An event that a metric counts.
struct MissingEvent {
  std::string action;
  std::set<std::string> identifiers;  // user, project, namespace
  std::set<std::string> properties;
  nlohmann::json metric;  // the definition that owner, milestone and plans are taken from
};

// Writes the definition of an event: valid, and as complete as the metric is.
std::string write_event(const MissingEvent &event);

}  // namespace internal_events::core
