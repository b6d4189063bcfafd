// The statements of a session that builds a Service Ping, what their rows mean, and what is asked of Prometheus between
// them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/delivery/prometheus.hpp"
#include "core/delivery/statement.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

// Takes on the ping of this week; or another one, by force.
Statement begin_service_ping(bool force);

struct BegunPing {
  std::optional<std::string> id;  // none: building is off
  bool is_ours = false;           // the session is to build it
};
BegunPing begun_ping_of(const Row &row);

// Measures for a moment.
Statement measure_next(const std::string &ping);

struct MeasuredStep {
  bool is_done = false;
  std::string position;
  std::optional<std::string> prometheus_query;  // to be asked before the next step
};
MeasuredStep measured_step_of(const Row &row);

// The request that asks a Prometheus.
HttpRequest prometheus_request(HttpRequest configured, const std::string &url, const std::string &query);

// What is said where no Prometheus is set.
PrometheusAnswer no_prometheus();

// Stores what it said; nothing where it could not be asked.
Statement record_prometheus(const std::string &ping, const std::string &position,
                            const std::optional<PrometheusAnswer> &answer, std::chrono::microseconds elapsed);

// Puts the ping together, says that it could not be built, or leaves it to whoever builds on.
Statement finish_service_ping(const std::string &ping);
Statement fail_service_ping(const std::string &ping, const std::string &sqlstate, const std::string &message);
Statement release_service_ping(const std::string &ping);

}  // namespace internal_events::core
