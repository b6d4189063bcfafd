#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace internal_events::core {

// A definition as YAML, where the text of its file is not at hand: keys in the order in which people write them, and
// nothing in it that a reader of YAML takes for another value.
std::string yaml_text(const nlohmann::json &definition);

}  // namespace internal_events::core
