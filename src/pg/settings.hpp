#pragma once

#include "pg/postgres.hpp"

namespace internal_events::pg {

enum class OnError { warning, error, ignore };

// The settings internal_events.*; docs/settings.md describes each.
struct Settings {
  bool enabled;
  int on_error;  // an OnError
  char *as_of;   // an ISO date, or empty
  char *metrics_schema;
  int event_retention;   // minutes
  int bucket_retention;  // minutes
};

extern Settings settings;

void define_settings();

}  // namespace internal_events::pg
