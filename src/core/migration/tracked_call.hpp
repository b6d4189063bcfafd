// What a call records, whatever interface it uses, and how that is written for Internal Events.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/definitions/selection_rule.hpp"
#include "core/migration/source_text.hpp"

namespace internal_events::core {

// Where a call is to be written: in Ruby with Active Record, in Python with psycopg, in Node.js with pg, in a browser.
enum class Host { ruby, python, node, browser };

// A value of a call, as its language writes it.
struct HostValue {
  std::string code;
  std::optional<std::string> text;  // where it is a literal
};

struct TrackedCall {
  HostValue event;
  std::optional<HostValue> category;
  std::vector<std::pair<std::string, std::string>> ids;         // parameter of track_event() and code
  std::vector<std::pair<std::string, std::string>> properties;  // name and code
  std::string properties_code;                                  // in place of them: an object that the program computes
  std::string receiver;                                         // of a call in a browser: InternalEvents or this
  std::vector<std::string> look_at;
};

// A value as it is written; nothing for nil, null and undefined.
std::optional<HostValue> host_value(const std::string &code);

// Gives a call the new name of its event, and the properties that tell it from others of that name.
void apply_rule(TrackedCall &call, const SelectionRule &rule);

// The line that records the same with Internal Events.
std::string write_call(const TrackedCall &call, Host host);

}  // namespace internal_events::core
