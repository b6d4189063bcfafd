// What the monitor sees of a database.
#pragma once

#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "cli/database.hpp"

namespace internal_events::cli::monitor {

// A metric and time frame that an event feeds, as a ping of next Monday would count it.
struct Metric {
  std::string key_path;
  std::string time_frame;
  Value period_start;
  Value period_end;
  std::string status;
  Value value;  // as JSON
};

// An event of the log.
struct Event {
  std::string id;
  std::string name;
  std::string tracked_at;  // ISO 8601, in UTC
  std::time_t tracked = 0;
  Value occurred_at;
  Value user_id;
  Value project_id;
  Value namespace_id;
  std::string category;
  Value additional_properties;  // as JSON
};

// The database at one moment.
struct Look {
  std::string database;
  std::string as_of;
  std::string taken_at;  // ISO 8601, in UTC
  std::time_t taken = 0;
  std::vector<Metric> metrics;
  bool is_log_readable = false;
  std::vector<Event>
      events;  // newest first; those that were not there at the look before, or some earlier ones at the first
  std::size_t new_events = 0;      // how many were not there at the look before, shown or not
  std::vector<std::string> notes;  // what a user has to know
};

}  // namespace internal_events::cli::monitor
