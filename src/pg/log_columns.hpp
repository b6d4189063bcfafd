// The columns of the log, internal_events.events, as track_event() writes them.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include "pg/event_log.hpp"
#include "pg/postgres.hpp"

namespace internal_events::pg {

// An event with what the log adds to it.
struct LogRow {
  const LoggedEvent &event;
  FullTransactionId transaction;
  pg_uuid_t id;
};

// A column, and what a row has in it.
struct LogColumn {
  const char *name;
  Nullable<Datum> (*value)(LogRow &row);
};

// A value that every row has.
constexpr Nullable<Datum> not_null(Datum value) {
  return {value, true};
}

// A number, or a time, that a row may lack.
inline Nullable<Datum> nullable(const Nullable<std::int64_t> &number) {
  return {Int64GetDatum(number.value), number.present};
}

// JSON that a row may lack.
inline Nullable<Datum> nullable(const Jsonb *json) {
  return {PointerGetDatum(json), json != nullptr};
}

inline constexpr LogColumn log_columns[] = {
    {"xid", [](LogRow &row) { return not_null(UInt64GetDatum(U64FromFullTransactionId(row.transaction))); }},
    {"id", [](LogRow &row) { return not_null(UUIDPGetDatum(&row.id)); }},
    {"event_definition_id", [](LogRow &row) { return not_null(Int32GetDatum(row.event.definition_id)); }},
    {"cluster_id", [](LogRow &) { return not_null(Int32GetDatum(local_cluster_id())); }},
    {"tracked_at", [](LogRow &row) { return not_null(TimestampTzGetDatum(row.event.tracked_at)); }},
    {"occurred_at", [](LogRow &row) { return nullable(row.event.occurred_at); }},
    {"user_id", [](LogRow &row) { return nullable(row.event.user_id); }},
    {"project_id", [](LogRow &row) { return nullable(row.event.project_id); }},
    {"namespace_id", [](LogRow &row) { return nullable(row.event.namespace_id); }},
    {"send_to_snowplow", [](LogRow &row) { return not_null(BoolGetDatum(row.event.send_to_snowplow)); }},
    {"additional_properties", [](LogRow &row) { return nullable(row.event.additional_properties); }},
    {"context", [](LogRow &row) { return nullable(row.event.context); }},
};

constexpr std::size_t log_column_count = std::size(log_columns);

// The place of a column among them.
consteval std::size_t log_column(std::string_view name) {
  std::size_t i = 0;
  while (std::string_view(log_columns[i].name) != name) ++i;
  return i;
}

}  // namespace internal_events::pg
