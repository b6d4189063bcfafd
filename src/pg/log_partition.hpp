// Finds the partition of internal_events.events for a moment, without locking the partitioned table.
#pragma once

#include <array>

#include "pg/log_columns.hpp"
#include "pg/postgres.hpp"

namespace internal_events::pg {

// The partition that rows go to now, and what is worth keeping of it from one event to the next.
struct LogPartition {
  Oid table;
  TimestampTz lower;                                    // inclusive
  TimestampTz upper;                                    // exclusive
  std::array<AttrNumber, log_column_count> attributes;  // of log_columns; where it has none: invalid
};

// Opens the partition for a moment with the lock of an INSERT, held to the end of the transaction.
Relation open_log_partition(TimestampTz moment, LogPartition &partition);

// How often partitions have changed, as far as this backend knows: what was derived from one is good while this stays.
unsigned log_partition_generation();

// Forgets the current partition when partitions are made, attached or dropped.
void watch_partitions();

}  // namespace internal_events::pg
