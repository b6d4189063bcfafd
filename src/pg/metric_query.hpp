// The one place that runs the SQL of metrics.
#pragma once

#include "pg/postgres.hpp"

namespace internal_events::pg {

struct MetricQuery {
  const char *sql;  // a SELECT that gives at most one row
  bool as_reader;   // with the rights of internal_events_reader; else with the caller's, for SQL of our own
  int timeout;      // milliseconds
  bool has_moment;  // else time frames are computed from internal_events.as_of, or now
  TimestampTz moment;
};

struct MetricResult {
  Jsonb *row;  // the row as an object; null where there is none
  const char *status;
  ErrorData *error;  // null where status is ok
  double elapsed;    // seconds
};

// Runs a query in a read-only subtransaction that is always rolled back; what fails in it is returned, not raised.
// A cancel by somebody else than its own timeout is raised.
MetricResult run_metric_query(const MetricQuery &query);

}  // namespace internal_events::pg
