#include <string>

#include "core/delivery/service_ping_build.hpp"
#include "pg/guard.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// Asks Prometheus, or says why not.
core::PrometheusAnswer ask_prometheus(const std::string &query) {
  const std::string url = secret_setting("prometheus_url");
  if (url.empty()) return core::no_prometheus();
  return core::read_prometheus_answer(send(core::prometheus_request(configured_request(), url, query)));
}

// Measures a metric of Prometheus, between two transactions where that is possible.
void measure_prometheus(Steps &steps, const std::string &ping, const std::string &position, const std::string &query) {
  std::optional<core::PrometheusAnswer> answer;
  const TimestampTz begin = GetCurrentTimestamp();
  if (!steps.is_atomic()) answer = ask_prometheus(query);
  const std::chrono::microseconds elapsed(GetCurrentTimestamp() - begin);
  steps.run(core::record_prometheus(ping, position, answer, elapsed));
}

// Measures everything that is not measured yet, and puts the ping together.
void build(Steps &steps, const std::string &ping) {
  for (;;) {
    const core::MeasuredStep step = core::measured_step_of(steps.run(core::measure_next(ping)));
    if (step.is_done) break;
    if (step.prometheus_query) measure_prometheus(steps, ping, step.position, *step.prometheus_query);
    call([] { CHECK_FOR_INTERRUPTS(); });
  }
  steps.run(core::finish_service_ping(ping));
}

// The procedure's INOUT argument as the row that CALL returns.
Datum row_of(FunctionCallInfo fcinfo, const std::optional<std::string> &id) {
  const std::int64_t number = id ? std::stoll(*id) : 0;
  return call([&] {
    Datum values[1] = {Int64GetDatum(number)};
    bool nulls[1] = {!id};
    return result_row(fcinfo, values, nulls);
  });
}

}  // namespace

// build_service_ping(id, force): measures step by step, and commits each.
IE_FUNCTION(ie_build_service_ping) {
  std::optional<std::string> id;
  {
    Steps steps(fcinfo);
    const bool force = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
    const core::BegunPing begun = core::begun_ping_of(steps.run(core::begin_service_ping(force)));
    id = begun.id;
    const auto failed = [&](const SqlError &error) {
      if (steps.is_atomic()) return;
      // A cancel is no failure: the next call goes on where this one stopped.
      if (error.sqlstate == ERRCODE_QUERY_CANCELED) {
        steps.run(core::release_service_ping(*id));
        return;
      }
      steps.run(core::fail_service_ping(*id, unpack_sql_state(error.sqlstate), error.what()));
    };
    if (begun.is_ours) with_handler([&] { build(steps, *id); }, failed);
  }
  return row_of(fcinfo, id);
}

}  // namespace internal_events::pg
