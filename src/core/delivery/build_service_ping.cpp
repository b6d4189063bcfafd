#include "core/delivery/build_service_ping.hpp"

#include <chrono>

#include "core/delivery/building_statements.hpp"
#include "core/delivery/delivery_settings.hpp"

namespace internal_events::core {
namespace {

// Asks Prometheus, or says why not.
PrometheusAnswer ask_prometheus(Session &session, const std::string &query) {
  const std::string url = session.setting("prometheus_url");
  if (url.empty()) return no_prometheus();
  return read_prometheus_answer(session.send(prometheus_request(configured_request(session), url, query)));
}

// Measures a metric of Prometheus, between two transactions where that is possible.
void measure_prometheus(Session &session, const std::string &ping, const MeasuredStep &step) {
  std::optional<PrometheusAnswer> answer;
  const auto begin = std::chrono::steady_clock::now();
  if (!session.is_atomic()) answer = ask_prometheus(session, *step.prometheus_query);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  session.run(
      record_prometheus(ping, step.position, answer, std::chrono::duration_cast<std::chrono::microseconds>(elapsed)));
}

// Measures everything that is not measured yet, and puts the ping together.
void measure_and_finish(Session &session, const std::string &ping, const BuildProgress &progress) {
  for (;;) {
    progress(ping);
    const MeasuredStep step = measured_step_of(session.run(measure_next(ping)));
    if (step.is_done) break;
    if (step.prometheus_query) measure_prometheus(session, ping, step);
    session.check();
  }
  session.run(finish_service_ping(ping));
}

// What becomes of a ping whose build has met an error.
Statement after_error(const std::string &ping, const SqlFailure &failure) {
  constexpr const char *canceled = "57014";
  if (failure.sqlstate.empty() || failure.sqlstate == canceled) return release_service_ping(ping);
  return fail_service_ping(ping, failure.sqlstate, failure.message);
}

}  // namespace

BuiltPing build_service_ping(Session &session, bool force, const BuildProgress &progress) {
  const BegunPing begun = begun_ping_of(session.run(begin_service_ping(force)));
  if (!begun.is_ours) return {begun.id, false};
  try {
    measure_and_finish(session, *begun.id, progress);
  } catch (const SqlFailure &failure) {
    session.run_after_failure(after_error(*begun.id, failure));
    throw;
  } catch (...) {
    session.run_after_failure(release_service_ping(*begun.id));
    throw;
  }
  return {begun.id, true};
}

}  // namespace internal_events::core
