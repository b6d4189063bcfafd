#include "core/generator/event_writer.hpp"

#include <nlohmann/json.hpp>

#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"
#include "core/yaml/yaml_writer.hpp"

namespace internal_events::core {
namespace {

// What the metric says of the event, marked as what it is.
std::string description(const MissingEvent &event) {
  const nlohmann::json &said = member_of(event.metric, "description");
  const nlohmann::json &key_path = member_of(event.metric, "key_path");
  const std::string source = key_path.is_string() ? key_path.get<std::string>() : "a metric";
  const bool is_said = said.is_string() && said != "";
  return is_said ? "Counted by " + source + ": " + said.get<std::string>() : "Counted by " + source;
}

}  // namespace

std::string write_event(const MissingEvent &event) {
  nlohmann::ordered_json document = {
      {"description", description(event)}, {"internal_events", true}, {"action", event.action}};
  if (!event.identifiers.empty()) document["identifiers"] = event.identifiers;
  for (const std::string &property : event.properties) {
    document["additional_properties"][property] = {
        {"description", "What " + property + " holds is said by the metrics that use it"}};
  }
  const bool has_tiers = member_of(event.metric, "tiers").is_array();
  for (const char *key : {"product_group", "product_categories", "milestone", "introduced_by_url", "tiers"}) {
    const bool is_older = !has_tiers && std::string_view(key) == "tiers";
    const nlohmann::json &value = member_of(event.metric, is_older ? "tier" : key);
    if (!value.is_null() && !value.empty() && value != "") document[key] = value;
  }
  return to_yaml(document);
}

}  // namespace internal_events::core
