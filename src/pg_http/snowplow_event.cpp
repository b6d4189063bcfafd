#include "core/snowplow/snowplow_event.hpp"

#include <fstream>
#include <memory>
#include <string>

#include "pg/guard.hpp"
#include "pg/utf8.hpp"
#include "pg_http/secret_setting.hpp"

namespace internal_events::pg {
namespace {

std::optional<std::string> text_argument(FunctionCallInfo fcinfo, int number) {
  return PG_ARGISNULL(number) ? std::nullopt : std::optional(utf8_argument(fcinfo, number));
}

std::optional<std::int64_t> bigint_argument(FunctionCallInfo fcinfo, int number) {
  return PG_ARGISNULL(number) ? std::nullopt : std::optional<std::int64_t>(PG_GETARG_INT64(number));
}

// A jsonb argument as text; empty where it is null.
std::string json_argument(FunctionCallInfo fcinfo, int number) {
  return PG_ARGISNULL(number) ? "" : utf8_of_jsonb(PG_GETARG_DATUM(number));
}

std::string uuid_argument(FunctionCallInfo fcinfo, int number) {
  return call([&] { return DatumGetCString(DirectFunctionCall1(uuid_out, PG_GETARG_DATUM(number))); });
}

// A moment as the protocol counts it: milliseconds since 1970, rounded down.
std::int64_t milliseconds_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return 0;
  constexpr std::int64_t epoch_difference =
      static_cast<std::int64_t>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
  const std::int64_t microseconds = PG_GETARG_TIMESTAMPTZ(number) + epoch_difference;
  return (microseconds - (microseconds % 1000 + 1000) % 1000) / 1000;
}

core::UserIds user_ids_of(const std::string &setting) {
  if (setting == "plain") return core::UserIds::plain;
  return setting == "none" ? core::UserIds::none : core::UserIds::pseudonymous;
}

// A setting whose text is sent.
std::string text_setting(const char *name) {
  const std::string value = secret_setting(name);
  return to_utf8(value.c_str(), static_cast<int>(value.size()));
}

// What the settings say of every event, but for what is in tables.
core::SnowplowSettings configured_events() {
  core::SnowplowSettings configured;
  configured.app_id = text_setting("snowplow_app_id");
  configured.name_space = text_setting("snowplow_namespace");
  configured.tracker_version = "internal_events-" INTERNAL_EVENTS_VERSION;
  configured.vendor = text_setting("snowplow_vendor");
  configured.standard_schema = text_setting("snowplow_standard_schema");
  configured.environment = text_setting("snowplow_environment");
  configured.host_name = text_setting("hostname");
  configured.instance_version = text_setting("application_version");
  configured.user_ids = user_ids_of(secret_setting("snowplow_user_ids"));
  return configured;
}

// What makes events under these settings and what the call gives; made once for all calls of a statement.
const core::StructuredEvents &maker_of(FunctionCallInfo fcinfo) {
  if (fcinfo->flinfo->fn_extra == nullptr) {
    core::SnowplowSettings settings = configured_events();
    if (!PG_ARGISNULL(13)) settings.instance_id = uuid_argument(fcinfo, 13);
    settings.secret = text_argument(fcinfo, 14).value_or("");
    if (settings.secret.empty() && settings.user_ids == core::UserIds::pseudonymous) {
      throw SqlError(ERRCODE_CONFIG_FILE_ERROR, "there is no key to make pseudonyms of users with",
                     "Set internal_events.snowplow_secret_file, or internal_events.snowplow_user_ids to none.");
    }
    auto made = std::make_unique<core::StructuredEvents>(std::move(settings));
    call([&] {
      auto *end = static_cast<MemoryContextCallback *>(
          MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(MemoryContextCallback)));
      end->func = [](void *maker) { delete static_cast<core::StructuredEvents *>(maker); };
      end->arg = made.get();
      MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, end);
    });
    fcinfo->flinfo->fn_extra = made.release();
  }
  return *static_cast<core::StructuredEvents *>(fcinfo->flinfo->fn_extra);
}

// Reads the arguments of snowplow_event() that describe an event of our own.
core::LoggedAction action_of(FunctionCallInfo fcinfo) {
  core::LoggedAction action;
  action.id = uuid_argument(fcinfo, 0);
  action.name = text_argument(fcinfo, 1).value_or("");
  action.category = text_argument(fcinfo, 2).value_or("");
  action.happened_at = milliseconds_argument(fcinfo, 3);
  action.user_id = bigint_argument(fcinfo, 4);
  action.project_id = bigint_argument(fcinfo, 5);
  action.namespace_id = bigint_argument(fcinfo, 6);
  action.label = text_argument(fcinfo, 7);
  action.property = text_argument(fcinfo, 8);
  action.value = text_argument(fcinfo, 9);
  action.extra = json_argument(fcinfo, 10);
  action.namespace_ids = json_argument(fcinfo, 11);
  return action;
}

// Whether a text or jsonb argument is UTF-8, or can be made of the database's encoding; C.
bool is_convertible(FunctionCallInfo fcinfo, int number, bool is_json) {
  // Any other encoding was checked when the text came in.
  if (GetDatabaseEncoding() != PG_SQL_ASCII || PG_ARGISNULL(number)) return true;
  if (is_json) {
    const char *json = JsonbToCString(nullptr, &PG_GETARG_JSONB_P(number)->root, 0);
    return pg_verify_mbstr(PG_UTF8, json, static_cast<int>(strlen(json)), true);
  }
  text *value = PG_GETARG_TEXT_PP(number);
  return pg_verify_mbstr(PG_UTF8, VARDATA_ANY(value), static_cast<int>(VARSIZE_ANY_EXHDR(value)), true);
}

struct TextArgument {
  int number;
  bool is_json;
  const char *name;
};

constexpr TextArgument text_arguments[] = {{1, false, "event_name"}, {2, false, "category"}, {7, false, "label"},
                                           {8, false, "property"},   {9, false, "value"},    {10, true, "extra"},
                                           {12, true, "received"}};

// What is wrong with the bytes of the texts, in a database without an encoding.
std::string encoding_fault(FunctionCallInfo fcinfo) {
  for (const TextArgument &argument : text_arguments) {
    if (call([&] { return is_convertible(fcinfo, argument.number, argument.is_json); })) continue;
    return std::string(argument.name) + ": bytes that are no UTF-8, in a database without an encoding";
  }
  return "";
}

// The event that the arguments describe.
core::SnowplowEvent event_of(FunctionCallInfo fcinfo) {
  if (std::string fault = encoding_fault(fcinfo); !fault.empty()) return {"", std::move(fault)};
  if (PG_ARGISNULL(12)) return maker_of(fcinfo).make(action_of(fcinfo));
  return core::received_event(uuid_argument(fcinfo, 0), json_argument(fcinfo, 12));
}

// The first line of a file; a key is written without its line end.
std::string first_line(const std::string &path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    throw SqlError(ERRCODE_CONFIG_FILE_ERROR, "internal_events.snowplow_secret_file has no key to read",
                   "Write the key into its first line, and let the server's own user read the file.");
  }
  return line;
}

}  // namespace

// snowplow_event(...): an event as a Snowplow collector takes it, or what is wrong with it.
IE_FUNCTION(ie_snowplow_event) {
  const core::SnowplowEvent event = event_of(fcinfo);
  const bool is_valid = event.fault.empty();
  const Datum text = text_datum(is_valid ? event.parameters : event.fault);
  return call([&] {
    Datum values[2] = {text, text};
    bool nulls[2] = {!is_valid, is_valid};
    return result_row(fcinfo, values, nulls);
  });
}

// snowplow_secret(): the key of pseudonyms that the settings name, or null.
IE_FUNCTION(ie_snowplow_secret) {
  std::string secret = secret_setting("snowplow_secret");
  const std::string path = secret_setting("snowplow_secret_file");
  if (secret.empty() && !path.empty()) secret = first_line(path);
  if (secret.empty()) PG_RETURN_NULL();
  return text_datum(secret);
}

// check_snowplow_settings(): an error where every event would be wrong; else a fingerprint of where they go.
IE_FUNCTION(ie_check_snowplow_settings) {
  if (const std::string fault = core::StructuredEvents(configured_events()).settings_fault(); !fault.empty()) {
    throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "the settings of Snowplow make every event wrong: " + fault,
                   "docs/snowplow.md says which setting each parameter and field comes from.");
  }
  std::string destination;
  for (const char *name : {"snowplow_collector_url", "snowplow_collector_path", "http_proxy", "ca_file"}) {
    destination += secret_setting(name) + "\n";
  }
  return text_datum(std::to_string(std::hash<std::string>()(destination)));
}

}  // namespace internal_events::pg
