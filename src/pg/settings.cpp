#include "pg/settings.hpp"

#include "pg/compat.hpp"

namespace internal_events::pg {

Settings settings = {
    .enabled = true,
    .on_error = static_cast<int>(OnError::warning),
    .as_of = nullptr,
    .metrics_schema = nullptr,
    .event_retention = 90 * 24 * 60,
    .bucket_retention = 1095 * 24 * 60,
};

static const struct config_enum_entry on_error_choices[] = {
    {"warning", static_cast<int>(OnError::warning), false},
    {"error", static_cast<int>(OnError::error), false},
    {"ignore", static_cast<int>(OnError::ignore), false},
    {nullptr, 0, false},
};

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

void define_settings() {
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
  reserve_setting_prefix("internal_events");
}

}  // namespace internal_events::pg
