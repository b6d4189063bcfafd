// Recording one event: what track_event() and track_events() have in common.
#pragma once

#include "pg/event_log.hpp"
#include "pg/refusal.hpp"

namespace internal_events::pg {

// An event as a caller gives it; null pointers and absent values stand for SQL nulls.
struct GivenEvent {
  const char *name;
  int name_length;
  Nullable<std::int64_t> user_id;
  Nullable<std::int64_t> project_id;
  Nullable<std::int64_t> namespace_id;
  Jsonb *additional_properties;
  const char *category;
  int category_length;
  ArrayType *feature_enabled_by_namespace_ids;
  Nullable<TimestampTz> occurred_at;
  bool send_to_snowplow;
  int element;  // its place in an array, or -1
};

// Why nothing can be recorded in this session now, whatever the event.
Refusal check_session();

// Checks an event against its definition and appends it to the log.
Refusal record(const GivenEvent &given);

}  // namespace internal_events::pg
