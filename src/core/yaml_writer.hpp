// Writes definitions as YAML.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace internal_events::core {

// A text as YAML that every reader takes for that text: as it is where that is safe, else in quotes.
std::string yaml_scalar(std::string_view text);

// A document as GitLab's files look: keys in their order, lists at the level of their key.
std::string to_yaml(const nlohmann::ordered_json &mapping);

}  // namespace internal_events::core
