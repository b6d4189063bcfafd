#include <string>

#include "core/prometheus.hpp"
#include "pg/guard.hpp"
#include "pg/utf8.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// Asks Prometheus, or says why not.
core::PrometheusAnswer ask_prometheus(const std::string &query) {
  const std::string url = secret_setting("prometheus_url");
  if (url.empty()) return {{}, "internal_events.prometheus_url is not set"};
  const core::HttpResponse response = send(configured_request("GET", core::prometheus_query_url(url, query)));
  return core::read_prometheus_answer(response);
}

// Measures a metric of Prometheus, between two transactions where that is possible.
void measure_prometheus(Steps &steps, const std::string &ping, const std::string &position, const std::string &query) {
  std::optional<std::string> value;
  std::optional<std::string> message;
  double elapsed = 0;
  const TimestampTz begin = GetCurrentTimestamp();
  if (!steps.is_atomic()) {
    const core::PrometheusAnswer answer = ask_prometheus(query);
    if (!answer.value.empty()) value = answer.value;
    if (!answer.error.empty()) message = storable(answer.error);
    elapsed = static_cast<double>(GetCurrentTimestamp() - begin) / USECS_PER_SEC;
  }
  const char *status = steps.is_atomic() ? "not_measured" : message ? "error" : "ok";
  steps.run(
      "SELECT internal_events.record_measurement($1::pg_catalog.int8, $2::pg_catalog.int4, $3::pg_catalog.jsonb, $4, "
      "$5, "
      "$6, $7::pg_catalog.float8)",
      {ping, position, value, status, message ? std::optional<std::string>("08006") : std::nullopt, message,
       std::to_string(elapsed)});
}

// Measures everything that is not measured yet, and puts the ping together.
void build(Steps &steps, const std::string &ping) {
  for (;;) {
    const Row row = steps.run(
        "SELECT is_done, \"position\", prometheus_query FROM internal_events.measure_next($1::pg_catalog.int8)",
        {ping});
    if (*row[0] == "t") break;
    if (row[2]) measure_prometheus(steps, ping, *row[1], *row[2]);
    call([] { CHECK_FOR_INTERRUPTS(); });
  }
  steps.run("SELECT internal_events.finish_service_ping($1::pg_catalog.int8)", {ping});
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
    const Row begun = steps.run("SELECT id, is_ours FROM internal_events.begin_service_ping($1::pg_catalog.bool)",
                                {force ? "true" : "false"});
    id = begun[0];
    const auto failed = [&](const SqlError &error) {
      if (steps.is_atomic()) return;
      // A cancel is no failure: the next call goes on where this one stopped.
      if (error.sqlstate == ERRCODE_QUERY_CANCELED) {
        steps.run("SELECT internal_events.release_service_ping($1::pg_catalog.int8)", {id});
        return;
      }
      steps.run("SELECT internal_events.fail_service_ping($1::pg_catalog.int8, $2, $3)",
                {id, unpack_sql_state(error.sqlstate), error.what()});
    };
    if (*begun[1] == "t") with_handler([&] { build(steps, *id); }, failed);
  }
  return row_of(fcinfo, id);
}

}  // namespace internal_events::pg
