#include "core/snowplow/snowplow_contexts.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/snowplow/pseudonym.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

constexpr char contexts_schema[] = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0";

// The versions of gitlab_standard, 1-1-N, by N; the last one's fields are taken where the schema is another one.
constexpr int last_version = 8;
constexpr int first_with_text_user_id = 5;

// Names of this length fit into every schema.
constexpr std::size_t short_name = 100;

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

// The fields that all events have in common.
json common_fields(const SnowplowSettings &settings) {
  json fields = {
      {"environment", settings.environment}, {"source", "internal_events"}, {"instance_id", settings.instance_id}};
  if (!settings.host_name.empty()) fields["host_name"] = settings.host_name;
  if (!settings.instance_version.empty()) fields["instance_version"] = settings.instance_version;
  return fields;
}

// One entity of the contexts.
std::string entity(const SchemaUri &uri, const std::string &data) {
  return R"({"schema":")" + uri.text() + R"(","data":)" + data + "}";
}

// The same schema as GitLab publishes it.
SchemaUri as_gitlabs(const SchemaUri &uri) {
  return {"com.gitlab", uri.name, uri.format, uri.version};
}

bool is_plain(const std::optional<std::int64_t> &id) {
  return !id || (*id >= 0 && *id <= INT32_MAX);
}

}  // namespace

SnowplowContexts::SnowplowContexts(const SnowplowSettings &settings)
    : settings_(settings), service_ping_{settings.vendor, "gitlab_service_ping", "jsonschema", "1-0-1"} {
  const std::string address = settings.standard_schema.empty()
                                  ? "iglu:" + settings.vendor + "/gitlab_standard/jsonschema/1-1-8"
                                  : settings.standard_schema;
  if (schema_uri(service_ping_.text())) standard_ = schema_uri(address);
  if (!standard_) return;
  is_gitlabs_ = is_bundled(as_gitlabs(*standard_));
  version_ = is_gitlabs_ ? standard_->version.back() - '0' : last_version;
  const json common = common_fields(settings);
  common_ = json_text(common);
  common_.pop_back();
  LoggedAction usual;
  usual.user_id = usual.project_id = usual.namespace_id = INT32_MAX;
  is_common_valid_ = !is_gitlabs_ || !data_fault(as_gitlabs(*standard_), fields_of(usual));
}

std::optional<std::string> SnowplowContexts::fault_in(const LoggedAction &action) const {
  if (!standard_) {
    const bool is_vendors = settings_.standard_schema.empty() || schema_uri(settings_.standard_schema);
    return in_quotes(is_vendors ? settings_.vendor : settings_.standard_schema) +
           " is no address of a schema; write it like iglu:com.acme/gitlab_standard/jsonschema/1-1-8";
  }
  if (action.name.size() > short_name) {
    const json counted = {{"data_source", "redis_hll"}, {"event_name", action.name}};
    if (auto fault = data_fault(as_gitlabs(service_ping_), counted)) return "gitlab_service_ping: " + *fault;
  }
  // What differs from the event that was looked at beforehand can be wrong in these ways only.
  if (is_common_valid_ && has_plain_ids(action)) return std::nullopt;
  const json fields = fields_of(action);
  const auto namespace_ids = fields.find("feature_enabled_by_namespace_ids");
  if (namespace_ids != fields.end() && namespace_ids->is_discarded()) {
    return standard_->name + ": /feature_enabled_by_namespace_ids: no JSON";
  }
  if (!is_gitlabs_) return std::nullopt;
  const auto fault = data_fault(as_gitlabs(*standard_), fields);
  return fault ? std::optional(standard_->name + ": " + *fault) : std::nullopt;
}

std::string SnowplowContexts::text_of(const LoggedAction &action) const {
  std::string standard = common_ + R"(,"context_generated_at":")" + iso_time(action.happened_at) + '"';
  const auto add = [&](const char *key, const std::string &json_text) {
    standard += ",\"" + std::string(key) + "\":" + json_text;
  };
  if (const json user = user_of(action); !user.is_null()) add("user_id", json_text(user));
  if (action.project_id) add("project_id", std::to_string(*action.project_id));
  if (action.namespace_id) add("namespace_id", std::to_string(*action.namespace_id));
  if (!action.namespace_ids.empty()) add("feature_enabled_by_namespace_ids", action.namespace_ids);
  // As it was written, so numbers keep all their digits.
  if (!action.extra.empty()) add("extra", action.extra);
  const std::string counted = R"({"data_source":"redis_hll","event_name":)" + json_text(json(action.name)) + "}";
  return R"({"schema":")" + std::string(contexts_schema) + R"(","data":[)" + entity(*standard_, standard + "}") + "," +
         entity(service_ping_, counted) + "]}";
}

// The standard context's fields but for `extra`, to be looked at.
json SnowplowContexts::fields_of(const LoggedAction &action) const {
  json fields = common_fields(settings_);
  fields["context_generated_at"] = iso_time(action.happened_at);
  if (json user = user_of(action); !user.is_null()) fields["user_id"] = std::move(user);
  if (action.project_id) fields["project_id"] = *action.project_id;
  if (action.namespace_id) fields["namespace_id"] = *action.namespace_id;
  if (!action.namespace_ids.empty()) {
    fields["feature_enabled_by_namespace_ids"] = parse_foreign_json(action.namespace_ids);
  }
  return fields;
}

// The acting user as the context may name them; null where it may not.
json SnowplowContexts::user_of(const LoggedAction &action) const {
  if (!action.user_id || settings_.user_ids == UserIds::none) return nullptr;
  const bool may_be_text = version_ >= first_with_text_user_id;
  if (settings_.user_ids == UserIds::plain) {
    return is_plain(action.user_id) || !may_be_text ? json(*action.user_id) : json(std::to_string(*action.user_id));
  }
  return may_be_text ? json(pseudonym_of(*action.user_id, settings_.secret)) : json(nullptr);
}

// Whether all ids are of the kind that every version of the schema takes.
bool SnowplowContexts::has_plain_ids(const LoggedAction &action) const {
  return is_plain(action.user_id) && is_plain(action.project_id) && is_plain(action.namespace_id) &&
         action.namespace_ids.empty();
}

}  // namespace internal_events::core
