#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/definitions/definition.hpp"
#include "core/json.hpp"

namespace internal_events::core {

// One keyword of a schema that a part of a document breaks. Keys that no schema lists are not among them.
struct Violation {
  JsonPointer place;
  std::string keyword;  // "type", "enum", "pattern", "required" ...; empty: another one, told in `detail`
  std::string detail;   // the missing key for "required"
};

// Compares a document with the schema of its kind.
std::vector<Violation> violations_of(Kind kind, const nlohmann::json &document);

}  // namespace internal_events::core
