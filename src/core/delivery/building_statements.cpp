#include "core/delivery/building_statements.hpp"

namespace internal_events::core {

Statement begin_service_ping(bool force) {
  return {"SELECT id, is_ours FROM internal_events.begin_service_ping($1::pg_catalog.bool)",
          {force ? "true" : "false"}};
}

BegunPing begun_ping_of(const Row &row) {
  return {row[0], *row[1] == "t"};
}

Statement measure_next(const std::string &ping) {
  return {"SELECT is_done, \"position\", prometheus_query FROM internal_events.measure_next($1::pg_catalog.int8)",
          {ping},
          true};
}

MeasuredStep measured_step_of(const Row &row) {
  return {*row[0] == "t", row[1].value_or(""), row[2]};
}

HttpRequest prometheus_request(HttpRequest configured, const std::string &url, const std::string &query) {
  configured.method = "GET";
  configured.url = prometheus_query_url(url, query);
  return configured;
}

PrometheusAnswer no_prometheus() {
  return {{}, "internal_events.prometheus_url is not set"};
}

Statement record_prometheus(const std::string &ping, const std::string &position,
                            const std::optional<PrometheusAnswer> &answer, std::chrono::microseconds elapsed) {
  const auto text = [](const std::string &text) { return text.empty() ? std::nullopt : std::optional(text); };
  const bool is_error = answer && !answer->error.empty();
  return {
      "SELECT internal_events.record_measurement($1::pg_catalog.int8, $2::pg_catalog.int4, $3::pg_catalog.jsonb, $4, "
      "$5, $6, $7::pg_catalog.float8)",
      {ping, position, answer ? text(answer->value) : std::nullopt,
       !answer    ? "not_measured"
       : is_error ? "error"
                  : "ok",
       is_error ? std::optional<std::string>("08006") : std::nullopt, answer ? text(answer->error) : std::nullopt,
       std::to_string(std::chrono::duration<double>(elapsed).count())}};
}

Statement finish_service_ping(const std::string &ping) {
  return {"SELECT internal_events.finish_service_ping($1::pg_catalog.int8)", {ping}};
}

Statement fail_service_ping(const std::string &ping, const std::string &sqlstate, const std::string &message) {
  return {"SELECT internal_events.fail_service_ping($1::pg_catalog.int8, $2, $3)", {ping, sqlstate, message}};
}

Statement release_service_ping(const std::string &ping) {
  return {"SELECT internal_events.release_service_ping($1::pg_catalog.int8)", {ping}};
}

}  // namespace internal_events::core
