#include <nlohmann/json.hpp>
#include <string>

#include "core/definition.hpp"
#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

using nlohmann::json;

// A text argument as UTF-8, whatever the database's encoding.
std::string utf8_argument(FunctionCallInfo fcinfo, int number) {
  struct View {
    const char *data;
    std::size_t size;
  };
  const View view = call([&]() -> View {
    text *value = PG_GETARG_TEXT_PP(number);
    const auto size = static_cast<int>(VARSIZE_ANY_EXHDR(value));
    char *utf8 = pg_server_to_any(VARDATA_ANY(value), size, PG_UTF8);
    return {utf8, utf8 == VARDATA_ANY(value) ? static_cast<std::size_t>(size) : strlen(utf8)};
  });
  return {view.data, view.size};
}

// JSON text as a jsonb datum.
Datum to_jsonb(const json &document) {
  const std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
  return call([&] {
    char *server = pg_any_to_server(text.c_str(), static_cast<int>(text.size()), PG_UTF8);
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(server));
  });
}

core::Kind kind_argument(FunctionCallInfo fcinfo, int number) {
  const std::string kind = utf8_argument(fcinfo, number);
  if (kind == "event") return core::Kind::event;
  if (kind == "metric") return core::Kind::metric;
  throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "unknown kind of definition: \"" + kind + "\"",
                 "A definition is of kind event or metric.");
}

// Reads {"events": {name: {"removed", "additional_properties"}}, "key_paths": {reported: written}}.
core::Catalog catalog_argument(FunctionCallInfo fcinfo, int number) {
  const char *text = call([&] { return JsonbToCString(nullptr, &PG_GETARG_JSONB_P(number)->root, 0); });
  const json document = json::parse(text);
  core::Catalog catalog;
  for (const auto &[name, event] : document.at("events").items()) {
    core::KnownEvent known;
    known.removed = event.at("removed").get<bool>();
    for (const auto &property : event.at("additional_properties")) known.additional_properties.insert(property);
    catalog.events.emplace(name, std::move(known));
  }
  for (const auto &[reported, written] : document.at("key_paths").items()) catalog.key_paths.emplace(reported, written);
  return catalog;
}

json to_json(const core::Problems &problems) {
  json list = json::array();
  for (const core::Problem &problem : problems) {
    list.push_back({{"severity", problem.severity == core::Severity::error ? "error" : "warning"},
                    {"line", problem.line},
                    {"key", problem.key},
                    {"message", problem.message}});
  }
  return list;
}

json to_json(const core::EventDefinition &event) {
  return {{"name", event.name},
          {"category", event.category},
          {"status", event.removed ? "removed" : "active"},
          {"identifiers", event.identifiers},
          {"additional_properties", event.additional_properties},
          {"total_rule",
           core::SelectionRule{.event = event.name, .unique = {}, .filter = "{}", .operation = {}}.canonical()},
          {"definition", json::parse(event.json)}};
}

json to_json(const core::MetricDefinition &metric) {
  json frames = json::array();
  for (const core::TimeFrame &frame : metric.time_frames) {
    frames.push_back({{"time_frame", frame.name}, {"key_path", frame.key_path}});
  }
  json rules = json::array();
  for (const core::SelectionRule &rule : metric.rules) {
    json stored = rule.to_json();
    stored["canonical"] = rule.canonical();
    rules.push_back(std::move(stored));
  }
  return {{"key_path", metric.key_path}, {"status", metric.status}, {"data_source", metric.data_source},
          {"time_frames", frames},       {"rules", rules},          {"definition", json::parse(metric.json)}};
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
  return result(core::parse_metric(yaml, catalog_argument(fcinfo, 2), options));
}

// definition_needs(yaml): the events and key paths that reading a metric has to know of.
IE_FUNCTION(ie_definition_needs) {
  const core::CatalogNeeds needs = core::catalog_needs(utf8_argument(fcinfo, 0));
  return to_jsonb({{"events", needs.events}, {"key_paths", needs.key_paths}});
}

// definition_identity(yaml): event and its action, or metric and its key path; nulls where a text is neither.
IE_FUNCTION(ie_definition_identity) {
  const std::optional<core::Identity> identity = core::identify(utf8_argument(fcinfo, 0));
  const char *kind = identity ? (identity->kind == core::Kind::event ? "event" : "metric") : nullptr;
  const char *name = identity && !identity->name.empty() ? identity->name.c_str() : nullptr;
  return call([&] {
    TupleDesc shape = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE) elog(ERROR, "return type must be a row");
    Datum values[2] = {};
    bool nulls[2] = {kind == nullptr, name == nullptr};
    if (kind != nullptr) values[0] = CStringGetTextDatum(kind);
    if (name != nullptr)
      values[1] = CStringGetTextDatum(pg_any_to_server(name, static_cast<int>(strlen(name)), PG_UTF8));
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(shape), values, nulls));
  });
}

}  // namespace internal_events::pg
