#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/definitions/definition.hpp"
#include "core/json.hpp"
#include "pg/guard.hpp"
#include "pg/utf8.hpp"

namespace internal_events::pg {
namespace {

using nlohmann::json;

// JSON text as a jsonb datum.
Datum to_jsonb(const json &document) {
  const std::string text = core::json_text(document);
  return call([&] {
    char *server = pg_any_to_server(text.c_str(), static_cast<int>(text.size()), PG_UTF8);
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(server));
  });
}

core::Kind kind_argument(FunctionCallInfo fcinfo, int number) {
  const std::string kind = utf8_argument(fcinfo, number);
  if (kind == "event") return core::Kind::event;
  if (kind == "metric") return core::Kind::metric;
  if (kind == "instrumentation") return core::Kind::instrumentation;
  throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "unknown kind of definition: \"" + kind + "\"",
                 "A definition is of kind event, metric or instrumentation.");
}

const char *name_of(core::Kind kind) {
  switch (kind) {
    case core::Kind::event:
      return "event";
    case core::Kind::metric:
      return "metric";
    case core::Kind::instrumentation:
      return "instrumentation";
  }
  return nullptr;
}

// Reads {reported: {"time_frame", "value_type", "unique", "counts_events"}}.
std::map<std::string, core::KnownMetric> known_metrics(const json &metrics) {
  std::map<std::string, core::KnownMetric> known;
  for (const auto &[reported, metric] : metrics.items()) {
    known[reported] = {.time_frame = metric.at("time_frame").get<std::string>(),
                       .value_type = metric.at("value_type").get<std::string>(),
                       .unique = core::text_of(metric, "unique"),
                       .counts_events = metric.at("counts_events").get<bool>()};
  }
  return known;
}

// Reads {"events": {name: {"removed", "additional_properties"}}, "key_paths": {reported: written}, "metrics": ...}, of
// which the last may be absent.
core::Catalog catalog_argument(FunctionCallInfo fcinfo, int number) {
  const std::string text = utf8_of_jsonb(PG_GETARG_DATUM(number));
  const json document = core::parse_json(text);
  core::Catalog catalog;
  for (const auto &[name, event] : document.at("events").items()) {
    core::KnownEvent known;
    known.removed = event.at("removed").get<bool>();
    for (const auto &property : event.at("additional_properties")) known.additional_properties.insert(property);
    catalog.events.emplace(name, std::move(known));
  }
  for (const auto &[reported, written] : document.at("key_paths").items()) catalog.key_paths.emplace(reported, written);
  catalog.metrics = known_metrics(document.value("metrics", json::object()));
  return catalog;
}

json to_json(const core::Problems &problems) {
  json list = json::array();
  for (const core::Problem &problem : problems) {
    list.push_back({{"severity", problem.severity == core::Severity::error ? "error" : "warning"},
                    {"line", problem.position.line},
                    {"key", problem.key},
                    {"message", problem.message},
                    {"unresolved", problem.unresolved}});
  }
  return list;
}

// The value that a JSON text stands for; null where it is empty.
json parsed_or_null(const std::string &text) {
  return text.empty() ? json() : core::parse_json(text);
}

json to_json(const core::EventDefinition &event) {
  return {{"name", event.name},
          {"category", event.category},
          {"status", event.removed ? "removed" : "active"},
          {"identifiers", event.identifiers},
          {"additional_properties", event.additional_properties},
          {"total_rule",
           core::SelectionRule{.event = event.name, .unique = {}, .filter = "{}", .operation = {}}.canonical()},
          {"definition", core::parse_json(event.json)}};
}

json to_json(const core::MetricDefinition &metric) {
  json frames = json::array();
  for (const core::TimeFrame &frame : metric.time_frames) {
    frames.push_back({{"time_frame", frame.name}, {"key_path", frame.key_path}, {"components", frame.components}});
  }
  json rules = json::array();
  for (const core::SelectionRule &rule : metric.rules) {
    json stored = rule.to_json();
    stored["canonical"] = rule.canonical();
    rules.push_back(std::move(stored));
  }
  return {{"key_path", metric.key_path},
          {"status", metric.status},
          {"data_source", metric.data_source},
          {"time_frames", frames},
          {"rules", rules},
          {"instrumentation", parsed_or_null(metric.instrumentation)},
          {"instrumentation_class", core::text_or_null(metric.instrumentation_class)},
          {"options", parsed_or_null(metric.options)},
          {"definition", core::parse_json(metric.json)}};
}

json to_json(const core::InstrumentationDefinition &instrumentation) {
  return {{"instrumentation_class", instrumentation.class_name},
          {"options", parsed_or_null(instrumentation.options)},
          {"instrumentation", parsed_or_null(instrumentation.instrumentation)},
          {"definition", core::parse_json(instrumentation.json)}};
}

template <typename Definition>
Datum result(const core::Parsed<Definition> &parsed) {
  json answer = {{"problems", to_json(parsed.problems)}, {"definition", nullptr}};
  if (parsed.definition) answer["definition"] = to_json(*parsed.definition);
  return to_jsonb(answer);
}

}  // namespace

// read_definition(kind, yaml, catalog, strict): the definition in compiled form, and every problem of it.
IE_FUNCTION(ie_read_definition) {
  const core::Kind kind = kind_argument(fcinfo, 0);
  const std::string yaml = utf8_argument(fcinfo, 1);
  const core::ParseOptions options = {.strict = PG_GETARG_BOOL(3)};
  if (kind == core::Kind::event) return result(core::parse_event(yaml, options));
  if (kind == core::Kind::instrumentation) return result(core::parse_instrumentation(yaml, options));
  return result(core::parse_metric(yaml, catalog_argument(fcinfo, 2), options));
}

// definition_needs(yaml): the events, key paths and components that reading a metric has to know of.
IE_FUNCTION(ie_definition_needs) {
  const core::CatalogNeeds needs = core::catalog_needs(utf8_argument(fcinfo, 0));
  return to_jsonb({{"events", needs.events}, {"key_paths", needs.key_paths}, {"components", needs.components}});
}

// definition_identity(yaml): event and its action, metric and its key path, or instrumentation and its class and
// options; nulls where a text is none of these.
IE_FUNCTION(ie_definition_identity) {
  const std::optional<core::Identity> identity = core::identify(utf8_argument(fcinfo, 0));
  const char *kind = identity ? name_of(identity->kind) : nullptr;
  const char *name = identity && !identity->name.empty() ? identity->name.c_str() : nullptr;
  return call([&] {
    Datum values[2] = {};
    bool nulls[2] = {kind == nullptr, name == nullptr};
    if (kind != nullptr) values[0] = CStringGetTextDatum(kind);
    if (name != nullptr)
      values[1] = CStringGetTextDatum(pg_any_to_server(name, static_cast<int>(strlen(name)), PG_UTF8));
    return result_row(fcinfo, values, nulls);
  });
}

}  // namespace internal_events::pg
