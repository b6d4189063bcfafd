#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace internal_events::core {

// The value that YAML's core schema gives a plain scalar: null, a boolean, a number, else the text itself.
nlohmann::json plain_value(std::string_view text);

// Writes equal numbers alike: 60.0 becomes 60. Other values stay as they are.
nlohmann::json canonical_number(const nlohmann::json &value);

}  // namespace internal_events::core
