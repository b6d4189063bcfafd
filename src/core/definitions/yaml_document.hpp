#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/problem.hpp"

namespace internal_events::core {

// A definition file as JSON, and where its parts came from.
struct Document {
  nlohmann::json json;
  std::map<std::string, Position> positions;  // by JSON pointer

  // Where a part of the file stands, or what should hold it; line 0 for the whole file.
  Position position_of(JsonPointer place) const;

  // The dotted key of a part, as people write it: events[1].filter.label.
  std::string key_of(const JsonPointer &place) const;
};

// Reads a YAML file. Plain scalars become text where the schema asks for text: `milestone: 16.10` is "16.10".
std::optional<Document> read_document(std::string_view yaml, const nlohmann::json &schema, Problems &problems);

}  // namespace internal_events::core
