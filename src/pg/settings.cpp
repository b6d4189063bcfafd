#include <algorithm>
#include <array>
#include <climits>
#include <string_view>

#include "core/characters.hpp"
#include "pg/compat.hpp"
#include "pg/settings.hpp"

namespace internal_events::pg {

Settings settings = {
    .enabled = true,
    .on_error = static_cast<int>(OnError::warning),
    .as_of = nullptr,
    .metrics_schema = nullptr,
    .event_retention = 90 * 24 * 60,
    .bucket_retention = 1095 * 24 * 60,
    .service_ping_building = true,
    .service_ping_url = nullptr,
    .service_ping_categories = nullptr,
    .failed_metric_value = static_cast<int>(FailedMetricValue::null),
    .metric_timeout = 60 * 1000,
    .prometheus_url = nullptr,
    .http_timeout = 30 * 1000,
    .http_connect_timeout = 10 * 1000,
    .http_proxy = nullptr,
    .ca_file = nullptr,
    .hostname = nullptr,
    .application_version = nullptr,
    .installation_type = nullptr,
    .edition = nullptr,
    .snowplow_collector_url = nullptr,
    .snowplow_collector_path = nullptr,
    .snowplow_app_id = nullptr,
    .snowplow_namespace = nullptr,
    .snowplow_vendor = nullptr,
    .snowplow_standard_schema = nullptr,
    .snowplow_environment = nullptr,
    .snowplow_user_ids = static_cast<int>(SnowplowUserIds::pseudonymous),
    .snowplow_secret = nullptr,
    .snowplow_secret_file = nullptr,
    .snowplow_eligible_events = static_cast<int>(SnowplowEligibleEvents::all),
    .snowplow_excluded_events = nullptr,
    .snowplow_batch_bytes = 40000,
    .snowplow_connections = 4,
    .snowplow_gzip = false,
    .forwarding_retention = 180 * 24 * 60,
};

static const struct config_enum_entry on_error_choices[] = {
    {"warning", static_cast<int>(OnError::warning), false},
    {"error", static_cast<int>(OnError::error), false},
    {"ignore", static_cast<int>(OnError::ignore), false},
    {nullptr, 0, false},
};

static const struct config_enum_entry failed_metric_value_choices[] = {
    {"null", static_cast<int>(FailedMetricValue::null), false},
    {"-1", static_cast<int>(FailedMetricValue::minus_one), false},
    {nullptr, 0, false},
};

static const struct config_enum_entry snowplow_user_ids_choices[] = {
    {"pseudonymous", static_cast<int>(SnowplowUserIds::pseudonymous), false},
    {"plain", static_cast<int>(SnowplowUserIds::plain), false},
    {"none", static_cast<int>(SnowplowUserIds::none), false},
    {nullptr, 0, false},
};

static const struct config_enum_entry snowplow_eligible_events_choices[] = {
    {"all", static_cast<int>(SnowplowEligibleEvents::all), false},
    {"duo", static_cast<int>(SnowplowEligibleEvents::duo), false},
    {nullptr, 0, false},
};

constexpr std::array<std::string_view, 4> data_categories = {"standard", "subscription", "operational", "optional"};

// Whether a text has the shape of 2026-11-20.
static bool is_date_shaped(const char *text) {
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return false;
  for (int i = 0; i < 10; ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  }
  return true;
}

// Accepts an empty text or a date.
static bool check_as_of(char **value, [[maybe_unused]] void **extra, [[maybe_unused]] GucSource source) {
  const char *text = *value;
  if (text == nullptr || *text == '\0') return true;
  if (is_date_shaped(text)) {
    const auto year = static_cast<int>(strtol(text, nullptr, 10));
    const auto month = static_cast<int>(strtol(text + 5, nullptr, 10));
    const auto day = static_cast<int>(strtol(text + 8, nullptr, 10));
    const bool month_exists = year >= 1 && month >= 1 && month <= MONTHS_PER_YEAR;
    if (month_exists && day >= 1 && day <= day_tab[isleap(year)][month - 1]) return true;
  }
  GUC_check_errdetail("\"%s\" is not a date.", text);
  GUC_check_errhint("Write it as 2026-11-20, or set it to '' for today.");
  return false;
}

// Accepts a list, maybe empty, of data categories.
static bool check_categories(char **value, [[maybe_unused]] void **extra, [[maybe_unused]] GucSource source) {
  std::string_view rest = *value == nullptr ? "" : *value;
  while (!core::trimmed(rest).empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view category = core::trimmed(rest.substr(0, comma));
    if (std::find(data_categories.begin(), data_categories.end(), category) == data_categories.end()) {
      GUC_check_errdetail("\"%.*s\" is not a data category.", static_cast<int>(category.size()), category.data());
      GUC_check_errhint("List some of: standard, subscription, operational, optional.");
      return false;
    }
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  return true;
}

constexpr char service_ping_url[] = "internal_events.service_ping_url";
constexpr char prometheus_url[] = "internal_events.prometheus_url";
constexpr char snowplow_collector_url[] = "internal_events.snowplow_collector_url";
constexpr char http_proxy[] = "internal_events.http_proxy";

// Accepts an empty text or a URL of HTTP. The refused value is not repeated: it may hold a password.
template <const char *name>
static bool check_url(char **value, [[maybe_unused]] void **extra, [[maybe_unused]] GucSource source) {
  const std::string_view url = *value == nullptr ? "" : *value;
  if (url.empty()) return true;
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : url.size();
  const bool has_host = host < url.size() && strchr(":/?#@", url[host]) == nullptr;
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 127; });
  if (has_host && is_plain) return true;
  GUC_check_errmsg("%s is not a URL of http or https", name);
  GUC_check_errhint("Write it as https://host.example.com/path, or set it to '' for none.");
  return false;
}

// Accepts a path of a collector: /vendor/version.
static bool check_path(char **value, [[maybe_unused]] void **extra, [[maybe_unused]] GucSource source) {
  const std::string_view path = *value == nullptr ? "" : *value;
  const bool is_plain = std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 127; });
  if (path.starts_with('/') && is_plain && path.find_first_of("?#") == std::string_view::npos) return true;
  GUC_check_errdetail("\"%s\" is not a path.", *value);
  GUC_check_errhint("Write it as /com.snowplowanalytics.snowplow/tp2.");
  return false;
}

// Settings of tracking and of reading metrics.
static void define_metric_settings() {
  constexpr int day = 24 * 60;
  DefineCustomBoolVariable("internal_events.enabled", "Records events; off: track_event() returns false at once.",
                           nullptr, &settings.enabled, true, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomEnumVariable("internal_events.on_error", "What track_event() does with an event that it refuses.",
                           "warning: a WARNING, and false; error: an ERROR; ignore: false in silence.",
                           &settings.on_error, static_cast<int>(OnError::warning), on_error_choices, PGC_USERSET, 0,
                           nullptr, nullptr, nullptr);
  DefineCustomStringVariable("internal_events.as_of", "The date from which time frames are computed; empty: today.",
                             "Days are days of UTC.", &settings.as_of, "", PGC_USERSET, 0, check_as_of, nullptr,
                             nullptr);
  DefineCustomStringVariable("internal_events.metrics_schema", "The schema that CREATE EXTENSION makes for metrics.",
                             "Read by CREATE EXTENSION only.", &settings.metrics_schema, "metrics", PGC_USERSET, 0,
                             nullptr, nullptr, nullptr);
  DefineCustomIntVariable("internal_events.event_retention", "How long raw events are kept.",
                          "An event that is said to have occurred earlier is clamped to this age.",
                          &settings.event_retention, 90 * day, day, 36500 * day, PGC_SUSET, GUC_UNIT_MIN, nullptr,
                          nullptr, nullptr);
  DefineCustomIntVariable("internal_events.bucket_retention", "How long daily buckets are kept apart.",
                          "Older days are merged into one row a rule, so all-time values stay exact.",
                          &settings.bucket_retention, 1095 * day, 28 * day, 36500 * day, PGC_SUSET, GUC_UNIT_MIN,
                          nullptr, nullptr, nullptr);
  DefineCustomIntVariable("internal_events.metric_timeout", "How long one statement of a metric may run.",
                          "Large tables are counted in batches of less than a second each.", &settings.metric_timeout,
                          60 * 1000, 100, INT_MAX, PGC_SUSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
}

// A setting that holds a text which anybody may set; empty: not said.
static void define_text(const char *name, const char *description, char **value) {
  DefineCustomStringVariable(name, description, nullptr, value, "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
}

// A setting that decides what leaves the database, and to where; it may hold a password, so only superusers see it.
static void define_address(const char *name, const char *description, char **value, GucStringCheckHook check) {
  DefineCustomStringVariable(name, description, nullptr, value, "", PGC_SUSET, GUC_SUPERUSER_ONLY, check, nullptr,
                             nullptr);
}

// Settings of what the Service Ping says.
static void define_service_ping_settings() {
  DefineCustomBoolVariable("internal_events.service_ping_building", "Builds Service Pings; off: no job does anything.",
                           nullptr, &settings.service_ping_building, true, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("internal_events.service_ping_categories", "The data categories of a Service Ping.",
                             "A metric without a category is optional.", &settings.service_ping_categories,
                             "standard, subscription, operational, optional", PGC_SUSET, 0, check_categories, nullptr,
                             nullptr);
  DefineCustomEnumVariable("internal_events.failed_metric_value", "What a Service Ping says where a metric failed.",
                           nullptr, &settings.failed_metric_value, static_cast<int>(FailedMetricValue::null),
                           failed_metric_value_choices, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  define_text("internal_events.hostname", "The application's host name, for the Service Ping.", &settings.hostname);
  define_text("internal_events.application_version", "The application's version, for the Service Ping.",
              &settings.application_version);
  define_text("internal_events.installation_type", "How the application was installed, for the Service Ping.",
              &settings.installation_type);
  define_text("internal_events.edition", "The application's edition, for the Service Ping.", &settings.edition);
}

// Settings of what goes over the network.
static void define_network_settings() {
  define_address(service_ping_url, "Where Service Pings are sent; empty: nowhere.", &settings.service_ping_url,
                 check_url<service_ping_url>);
  define_address(prometheus_url, "The Prometheus that metrics may query; empty: none.", &settings.prometheus_url,
                 check_url<prometheus_url>);
  define_address(http_proxy, "The HTTP proxy for all requests; empty: none.", &settings.http_proxy,
                 check_url<http_proxy>);
  define_address("internal_events.ca_file", "Certificates of authorities to trust; empty: the system's.",
                 &settings.ca_file, nullptr);
  DefineCustomIntVariable("internal_events.http_timeout", "How long an HTTP request may take.", nullptr,
                          &settings.http_timeout, 30 * 1000, 100, 3600 * 1000, PGC_SUSET, GUC_UNIT_MS, nullptr, nullptr,
                          nullptr);
  DefineCustomIntVariable("internal_events.http_connect_timeout", "How long an HTTP connection may take to be made.",
                          nullptr, &settings.http_connect_timeout, 10 * 1000, 100, 3600 * 1000, PGC_SUSET, GUC_UNIT_MS,
                          nullptr, nullptr, nullptr);
}

// A setting of what is said to a Snowplow collector.
static void define_snowplow_text(const char *name, const char *description, char **value, const char *standard,
                                 GucStringCheckHook check = nullptr) {
  DefineCustomStringVariable(name, description, nullptr, value, standard, PGC_SUSET, 0, check, nullptr, nullptr);
}

// Settings of what an event says to a Snowplow collector, and of whom it speaks.
static void define_snowplow_event_settings() {
  define_snowplow_text("internal_events.snowplow_app_id", "The app_id of events (aid); empty: none.",
                       &settings.snowplow_app_id, "");
  define_snowplow_text("internal_events.snowplow_namespace", "The tracker's name in events (tna).",
                       &settings.snowplow_namespace, "gl");
  define_snowplow_text("internal_events.snowplow_vendor", "The vendor of the contexts of events.",
                       &settings.snowplow_vendor, "com.gitlab");
  define_snowplow_text("internal_events.snowplow_standard_schema",
                       "The schema of the standard context; empty: the vendor's gitlab_standard 1-1-8.",
                       &settings.snowplow_standard_schema, "");
  define_snowplow_text("internal_events.snowplow_environment", "The environment that the standard context names.",
                       &settings.snowplow_environment, "production");
  DefineCustomEnumVariable("internal_events.snowplow_user_ids", "How events name users outside of the database.",
                           "pseudonymous: by a keyed hash; plain: by their ids; none: not at all.",
                           &settings.snowplow_user_ids, static_cast<int>(SnowplowUserIds::pseudonymous),
                           snowplow_user_ids_choices, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  define_address("internal_events.snowplow_secret", "The key of pseudonyms; empty: that of snowplow_secret_file.",
                 &settings.snowplow_secret, nullptr);
  define_address("internal_events.snowplow_secret_file", "A file with the key of pseudonyms; empty: one of our own.",
                 &settings.snowplow_secret_file, nullptr);
  DefineCustomEnumVariable("internal_events.snowplow_eligible_events", "Which events are forwarded.",
                           "all; duo: those whose definition has classification: duo.",
                           &settings.snowplow_eligible_events, static_cast<int>(SnowplowEligibleEvents::all),
                           snowplow_eligible_events_choices, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  define_snowplow_text("internal_events.snowplow_excluded_events", "Names of events that are never forwarded.",
                       &settings.snowplow_excluded_events, "");
}

// Settings of how events are forwarded.
static void define_forwarding_settings() {
  define_address(snowplow_collector_url, "Where events are forwarded to; empty: nowhere.",
                 &settings.snowplow_collector_url, check_url<snowplow_collector_url>);
  define_snowplow_text("internal_events.snowplow_collector_path", "The path of the collector that takes events.",
                       &settings.snowplow_collector_path, "/com.snowplowanalytics.snowplow/tp2", check_path);
  DefineCustomIntVariable("internal_events.snowplow_batch_bytes",
                          "Each request to the collector stays below this size.",
                          "A single event that is larger goes by itself.", &settings.snowplow_batch_bytes, 40000, 1000,
                          2 << 20, PGC_SUSET, GUC_UNIT_BYTE, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("internal_events.snowplow_connections", "How many connections the forwarder has at once.",
                          nullptr, &settings.snowplow_connections, 4, 1, 64, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("internal_events.snowplow_gzip", "Compresses requests to the collector.",
                           "Snowplow's own collector does not take that by itself.", &settings.snowplow_gzip, false,
                           PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("internal_events.forwarding_retention", "How long events that wait to be forwarded are kept.",
                          "They are kept for event_retention at least.", &settings.forwarding_retention, 180 * 24 * 60,
                          24 * 60, 36500 * 24 * 60, PGC_SUSET, GUC_UNIT_MIN, nullptr, nullptr, nullptr);
}

void define_settings() {
  define_metric_settings();
  define_service_ping_settings();
  define_snowplow_event_settings();
  define_forwarding_settings();
  define_network_settings();
  reserve_setting_prefix("internal_events");
}

}  // namespace internal_events::pg
