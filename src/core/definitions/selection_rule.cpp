#include "core/definitions/selection_rule.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace internal_events::core {

nlohmann::json SelectionRule::to_json() const {
  nlohmann::json json = {{"event", event}};
  if (!unique.empty()) json["unique"] = unique;
  if (!filter.empty() && filter != "{}") json["filter"] = parse_json(filter);
  if (!operation.empty()) json["operator"] = operation;
  return json;
}

nlohmann::json SelectionRule::filter_json() const {
  return parse_json(filter.empty() ? "{}" : filter);
}

std::string SelectionRule::canonical() const {
  return json_text(to_json());
}

}  // namespace internal_events::core
