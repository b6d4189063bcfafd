#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace internal_events::core {

// The value that YAML's core schema gives a plain scalar: null, a boolean, a number, else the text itself.
nlohmann::json plain_value(std::string_view text);

// Writes equal numbers alike, wherever they stand in a value: 60.0 becomes 60. Equal values then have equal texts.
nlohmann::json canonical_value(const nlohmann::json &value);

}  // namespace internal_events::core
