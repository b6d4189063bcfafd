#pragma once

#include "pg/postgres.hpp"

namespace internal_events::pg {

enum class OnError { warning, error, ignore };
enum class FailedMetricValue { null, minus_one };
enum class SnowplowUserIds { pseudonymous, plain, none };
enum class SnowplowEligibleEvents { all, duo };

// The settings internal_events.*; docs/settings.md describes each.
struct Settings {
  bool enabled;
  int on_error;  // an OnError
  char *as_of;   // an ISO date, or empty
  char *metrics_schema;
  int event_retention;   // minutes
  int bucket_retention;  // minutes
  bool service_ping_building;
  char *service_ping_url;         // empty: nothing is sent
  char *service_ping_categories;  // data categories, separated by commas
  int failed_metric_value;        // a FailedMetricValue
  int metric_timeout;             // milliseconds
  char *prometheus_url;
  int http_timeout;          // milliseconds
  int http_connect_timeout;  // milliseconds
  char *http_proxy;
  char *ca_file;
  char *hostname;
  char *application_version;
  char *installation_type;
  char *edition;
  char *snowplow_collector_url;  // empty: nothing is forwarded
  char *snowplow_collector_path;
  char *snowplow_app_id;
  char *snowplow_namespace;
  char *snowplow_vendor;
  char *snowplow_standard_schema;
  char *snowplow_environment;
  int snowplow_user_ids;  // a SnowplowUserIds
  char *snowplow_secret;
  char *snowplow_secret_file;
  int snowplow_eligible_events;  // a SnowplowEligibleEvents
  char *snowplow_excluded_events;
  int snowplow_batch_bytes;
  int snowplow_connections;
  bool snowplow_gzip;
  int forwarding_retention;  // minutes
};

extern Settings settings;

void define_settings();

}  // namespace internal_events::pg
