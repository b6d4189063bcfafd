#include "core/definitions/selection_rule.hpp"

#include <nlohmann/json.hpp>

namespace internal_events::core {

nlohmann::json SelectionRule::to_json() const {
  nlohmann::json json = {{"event", event}};
  if (!unique.empty()) json["unique"] = unique;
  if (!filter.empty() && filter != "{}") json["filter"] = nlohmann::json::parse(filter);
  if (!operation.empty()) json["operator"] = operation;
  return json;
}

nlohmann::json SelectionRule::filter_json() const {
  return nlohmann::json::parse(filter.empty() ? "{}" : filter);
}

std::string SelectionRule::canonical() const {
  return to_json().dump();
}

}  // namespace internal_events::core
