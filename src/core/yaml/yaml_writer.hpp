// Writes definitions as YAML, by yaml-cpp.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace internal_events::core {

// A text as YAML that every reader takes for that text: as it is where that is safe, else in quotes.
std::string yaml_scalar(const std::string &text);

// A document with its keys in their order.
std::string to_yaml(const nlohmann::ordered_json &mapping);

// A definition whose order is not known any more, with its keys in the order in which people write them.
nlohmann::ordered_json in_usual_order(const nlohmann::json &definition);

}  // namespace internal_events::core
