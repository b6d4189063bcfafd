// The log: appends events to the partition of internal_events.events that the moment belongs to.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace internal_events::pg {

// A value that may be absent, trivial enough to be jumped over.
template <typename T>
struct Nullable {
  T value;
  bool present;
};

// One event as it goes into the log.
struct LoggedEvent {
  std::int32_t definition_id;
  TimestampTz tracked_at;
  Nullable<TimestampTz> occurred_at;
  Nullable<std::int64_t> user_id;
  Nullable<std::int64_t> project_id;
  Nullable<std::int64_t> namespace_id;
  Jsonb *additional_properties;  // null: none
  Jsonb *context;                // null: none
  bool send_to_snowplow;
};

// Appends one event in the caller's transaction.
void append_to_log(const LoggedEvent &event);

// A number that tells this cluster's transaction ids from those that a dump brought along.
std::int32_t local_cluster_id();

}  // namespace internal_events::pg
