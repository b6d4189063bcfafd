#include "core/snowplow/snowplow_event.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/snowplow/iglu.hpp"
#include "core/snowplow/snowplow_contexts.hpp"
#include "core/snowplow/snowplow_parameters.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

// The sink behind a collector takes records of about 1 MiB.
constexpr std::size_t largest_event = 900'000;

// Writes parameters, an object of texts, down, unless one of them is wrong.
SnowplowEvent finished(const json &parameters) {
  for (const auto &[key, value] : parameters.items()) {
    if (auto fault = parameter_fault(key, value.get_ref<const std::string &>())) return {"", *std::move(fault)};
  }
  std::string text = json_text(parameters);
  if (text.size() > largest_event) {
    return {"", "the event has " + std::to_string(text.size()) + " bytes; a collector takes " +
                    std::to_string(largest_event) + " at most"};
  }
  return {std::move(text), ""};
}

// The parameters of a structured event but for its contexts.
json structured_parameters(const LoggedAction &action, const SnowplowSettings &settings) {
  json parameters = json::object();
  parameters["e"] = "se";
  parameters["eid"] = action.id;
  parameters["p"] = "srv";
  parameters["tv"] = settings.tracker_version;
  parameters["dtm"] = std::to_string(action.happened_at);
  parameters["se_ca"] = action.category;
  parameters["se_ac"] = action.name;
  if (!settings.app_id.empty()) parameters["aid"] = settings.app_id;
  if (!settings.name_space.empty()) parameters["tna"] = settings.name_space;
  if (action.label) parameters["se_la"] = *action.label;
  if (action.property) parameters["se_pr"] = *action.property;
  if (action.value) parameters["se_va"] = *action.value;
  return parameters;
}

}  // namespace

StructuredEvents::StructuredEvents(SnowplowSettings settings)
    : settings_(std::move(settings)), contexts_(std::make_unique<SnowplowContexts>(settings_)) {}

StructuredEvents::~StructuredEvents() = default;

SnowplowEvent StructuredEvents::make(const LoggedAction &action) const {
  if (auto fault = contexts_->fault_in(action)) return {"", *std::move(fault)};
  json parameters = structured_parameters(action, settings_);
  parameters["co"] = contexts_->text_of(action);
  return finished(parameters);
}

std::string StructuredEvents::settings_fault() const {
  const std::array<std::pair<const char *, const std::string *>, 5> texts{{
      {"app_id", &settings_.app_id},
      {"namespace", &settings_.name_space},
      {"environment", &settings_.environment},
      {"hostname", &settings_.host_name},
      {"application_version", &settings_.instance_version},
  }};
  for (const auto &[name, text] : texts) {
    if (first_unreadable_byte(*text)) return std::string(name) + " is no plain text in UTF-8";
  }
  // What is wrong with an event that says nothing of its own is wrong with every event.
  LoggedAction least;
  least.id = "00000000-0000-0000-0000-000000000000";
  return make(least).fault;
}

SnowplowEvent received_event(const std::string &id, const std::string &parameters) {
  json kept = parse_foreign_json(parameters);
  if (!kept.is_object()) return {"", "what was received is no JSON object"};
  for (const auto &[key, value] : kept.items()) {
    if (!value.is_string()) return {"", key + ": not text, as every value of the protocol is"};
  }
  kept.erase("stm");
  kept["eid"] = id;
  for (const char *key : {"tv", "p", "e"}) {
    if (!kept.contains(key)) return {"", std::string(key) + ": missing"};
  }
  for (const auto &[key, value] : kept.items()) {
    if (auto fault = embedded_json_fault(key, value.get_ref<const std::string &>())) return {"", key + ": " + *fault};
  }
  return finished(kept);
}

}  // namespace internal_events::core
