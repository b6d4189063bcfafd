#include "core/snowplow_event.hpp"

#include <array>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/iglu.hpp"
#include "core/pseudonym.hpp"
#include "core/snowplow_parameters.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;
using Parameters = std::map<std::string, std::string>;

constexpr char contexts_schema[] = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0";

// The sink behind a collector takes records of about 1 MiB.
constexpr std::size_t largest_event = 900'000;

// The versions of gitlab_standard, 1-1-N, by N; the last one's fields are taken where the schema is another one.
constexpr int last_standard_version = 8;
constexpr int first_with_text_user_id = 5;

// A schema of the standard context, as far as it is known.
struct Standard {
  SchemaUri uri;
  int version = last_standard_version;
  bool is_gitlabs = false;  // by name and version, whoever the vendor is
};

// The schema of what an event counts, of a vendor.
SchemaUri service_ping_of(const std::string &vendor) {
  return {vendor, "gitlab_service_ping", "jsonschema", "1-0-1"};
}

// The schema that the settings name; nothing where that, or that of the vendor, is no address.
std::optional<Standard> standard_of(const SnowplowSettings &settings) {
  const std::string text = settings.standard_schema.empty()
                               ? "iglu:" + settings.vendor + "/gitlab_standard/jsonschema/1-1-8"
                               : settings.standard_schema;
  const std::optional<SchemaUri> uri = schema_uri(text);
  if (!uri || !schema_uri(service_ping_of(settings.vendor).text())) return std::nullopt;
  Standard standard{*uri};
  standard.is_gitlabs = is_bundled({"com.gitlab", uri->name, uri->format, uri->version});
  if (standard.is_gitlabs) standard.version = uri->version.back() - '0';
  return standard;
}

// Which of the settings is why there is no schema.
std::string address_fault(const SnowplowSettings &settings) {
  const bool is_vendors = settings.standard_schema.empty() || schema_uri(settings.standard_schema);
  return in_quotes(is_vendors ? settings.vendor : settings.standard_schema) +
         " is no address of a schema; write it like iglu:com.acme/gitlab_standard/jsonschema/1-1-8";
}

// Puts a raw JSON text into a dumped object that has members already: numbers stay as they were written.
void add_raw(std::string &object, const char *key, const std::string &raw) {
  object.pop_back();
  object += ",\"" + std::string(key) + "\":" + raw + "}";
}

// The acting user as the context may name them; null where it may not.
json user_of(const LoggedAction &action, const SnowplowSettings &settings, int standard_version) {
  if (!action.user_id || settings.user_ids == UserIds::none) return nullptr;
  const bool may_be_text = standard_version >= first_with_text_user_id;
  if (settings.user_ids == UserIds::plain) {
    const bool is_small = *action.user_id >= 0 && *action.user_id <= INT32_MAX;
    return is_small || !may_be_text ? json(*action.user_id) : json(std::to_string(*action.user_id));
  }
  return may_be_text ? json(pseudonym_of(*action.user_id, settings.secret)) : json(nullptr);
}

// A time as ISO 8601 writes it, in UTC, to the millisecond.
std::string iso_time(std::int64_t milliseconds) {
  const std::int64_t fraction = (milliseconds % 1000 + 1000) % 1000;
  const std::time_t seconds = static_cast<std::time_t>((milliseconds - fraction) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &parts);
  // Three digits, with their zeros.
  return std::string(text, length) + std::to_string(1000 + fraction).substr(1) + "Z";
}

// The fields of the standard context but for `extra`.
json standard_fields(const LoggedAction &action, const SnowplowSettings &settings, const Standard &standard) {
  json fields = {{"environment", settings.environment},
                 {"source", "internal_events"},
                 {"context_generated_at", iso_time(action.happened_at)},
                 {"instance_id", settings.instance_id}};
  if (!settings.host_name.empty()) fields["host_name"] = settings.host_name;
  if (!settings.instance_version.empty()) fields["instance_version"] = settings.instance_version;
  if (json user = user_of(action, settings, standard.version); !user.is_null()) fields["user_id"] = std::move(user);
  if (action.project_id) fields["project_id"] = *action.project_id;
  if (action.namespace_id) fields["namespace_id"] = *action.namespace_id;
  if (!action.namespace_ids.empty()) {
    fields["feature_enabled_by_namespace_ids"] = json::parse(action.namespace_ids, nullptr, false);
  }
  return fields;
}

// One entity of the contexts.
std::string entity(const SchemaUri &uri, const std::string &data) {
  return R"({"schema":")" + uri.text() + R"(","data":)" + data + "}";
}

// What is wrong with the context's fields, judged by GitLab's schema where the fields are GitLab's.
std::optional<std::string> standard_fault(const Standard &standard, const json &fields) {
  const auto namespace_ids = fields.find("feature_enabled_by_namespace_ids");
  if (namespace_ids != fields.end() && namespace_ids->is_discarded())
    return "/feature_enabled_by_namespace_ids: no JSON";
  if (!standard.is_gitlabs) return std::nullopt;
  return data_fault({"com.gitlab", standard.uri.name, standard.uri.format, standard.uri.version}, fields);
}

// Writes parameters down, unless one of them is wrong.
SnowplowEvent finished(const Parameters &parameters) {
  for (const auto &[key, value] : parameters) {
    if (auto fault = parameter_fault(key, value)) return {"", *std::move(fault)};
  }
  std::string text = json(parameters).dump();
  if (text.size() > largest_event) {
    return {"", "the event has " + std::to_string(text.size()) + " bytes; a collector takes " +
                    std::to_string(largest_event) + " at most"};
  }
  return {std::move(text), ""};
}

// The parameters of a structured event but for its contexts.
Parameters structured_parameters(const LoggedAction &action, const SnowplowSettings &settings) {
  Parameters parameters{
      {"e", "se"},
      {"eid", action.id},
      {"p", "srv"},
      {"tv", settings.tracker_version},
      {"dtm", std::to_string(action.happened_at)},
      {"se_ca", action.category},
      {"se_ac", action.name},
  };
  if (!settings.app_id.empty()) parameters["aid"] = settings.app_id;
  if (!settings.name_space.empty()) parameters["tna"] = settings.name_space;
  if (action.label) parameters["se_la"] = *action.label;
  if (action.property) parameters["se_pr"] = *action.property;
  if (action.value) parameters["se_va"] = *action.value;
  return parameters;
}

}  // namespace

SnowplowEvent structured_event(const LoggedAction &action, const SnowplowSettings &settings) {
  const std::optional<Standard> standard = standard_of(settings);
  if (!standard) return {"", address_fault(settings)};
  const json fields = standard_fields(action, settings, *standard);
  if (auto fault = standard_fault(*standard, fields)) return {"", standard->uri.name + ": " + *fault};
  std::string data = fields.dump();
  if (!action.extra.empty()) add_raw(data, "extra", action.extra);
  const json counted = {{"data_source", "redis_hll"}, {"event_name", action.name}};
  if (auto fault = data_fault(service_ping_of("com.gitlab"), counted)) return {"", "gitlab_service_ping: " + *fault};
  Parameters parameters = structured_parameters(action, settings);
  parameters["co"] = R"({"schema":")" + std::string(contexts_schema) + R"(","data":[)" + entity(standard->uri, data) +
                     "," + entity(service_ping_of(settings.vendor), counted.dump()) + "]}";
  return finished(parameters);
}

SnowplowEvent received_event(const std::string &id, const std::string &parameters) {
  const json object = json::parse(parameters, nullptr, false);
  if (!object.is_object()) return {"", "what was received is no JSON object"};
  Parameters kept;
  for (const auto &[key, value] : object.items()) {
    if (!value.is_string()) return {"", key + ": not text, as every value of the protocol is"};
    if (key != "stm") kept[key] = value.get<std::string>();
  }
  kept["eid"] = id;
  for (const char *key : {"tv", "p", "e"}) {
    if (!kept.contains(key)) return {"", std::string(key) + ": missing"};
  }
  for (const auto &[key, value] : kept) {
    if (auto fault = embedded_json_fault(key, value)) return {"", key + ": " + *fault};
  }
  return finished(kept);
}

std::string settings_fault(const SnowplowSettings &settings) {
  const std::array<std::pair<const char *, const std::string *>, 5> texts{{
      {"app_id", &settings.app_id},
      {"namespace", &settings.name_space},
      {"environment", &settings.environment},
      {"hostname", &settings.host_name},
      {"application_version", &settings.instance_version},
  }};
  for (const auto &[name, text] : texts) {
    if (first_unreadable_byte(*text)) return std::string(name) + " is no plain text in UTF-8";
  }
  // What is wrong with an event that says nothing of its own is wrong with every event.
  LoggedAction least;
  least.id = "00000000-0000-0000-0000-000000000000";
  return structured_event(least, settings).fault;
}

}  // namespace internal_events::core
