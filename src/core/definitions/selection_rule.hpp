#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace internal_events::core {

// One event selection rule of a metric: which events count, and what is counted of them.
struct SelectionRule {
  std::string event;
  std::string unique;     // "user.id", "label", a custom property; empty: events are counted
  std::string filter;     // canonical JSON object; "{}": every event
  std::string operation;  // "sum(value)"; empty: events are counted

  // The text that equal rules share, whatever order or spelling their file used.
  std::string canonical() const;
  nlohmann::json to_json() const;

  // The filter as an object; without members where every event counts.
  nlohmann::json filter_json() const;
};

}  // namespace internal_events::core
