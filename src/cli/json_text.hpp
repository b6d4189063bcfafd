// JSON as it is printed: texts in it are of others, and may be no UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace internal_events::cli {

// Writes JSON, by default a line for each key, with U+FFFD for what is no UTF-8.
std::string json_text(const nlohmann::ordered_json &json, int indent = 2);

}  // namespace internal_events::cli
