#include "cli/delivery/service_ping_builder.hpp"

#include <chrono>

#include "cli/delivery/stop_signals.hpp"
#include "cli/terminal.hpp"
#include "core/delivery/service_ping_build.hpp"

namespace internal_events::cli {
namespace {

// Shows how many metrics of a ping have been measured.
class BuildProgress {
 public:
  BuildProgress(DeliverySession &session, std::string ping)
      : session_(session), ping_(std::move(ping)), is_shown_(is_terminal(Stream::error)) {}

  void update() {
    if (!is_shown_) return;
    const Row row = session_.run(
        {"SELECT measured, metrics FROM internal_events.service_ping_progress WHERE ping_id = $1::pg_catalog.int8",
         {ping_}});
    if (row.empty()) return;
    if (!progress_) progress_.emplace("Service Ping " + ping_ + ": metrics", std::stoul(*row[1]));
    const std::size_t measured = std::stoul(*row[0]);
    progress_->advance(measured - measured_);
    measured_ = measured;
  }

 private:
  DeliverySession &session_;
  std::string ping_;
  bool is_shown_;
  std::size_t measured_ = 0;
  std::optional<Progress> progress_;
};

// Asks Prometheus from this machine, or says why not.
core::PrometheusAnswer ask_prometheus(DeliverySession &session, const std::string &query) {
  const std::string url = session.setting("prometheus_url");
  if (url.empty()) return core::no_prometheus();
  session.require_settings();
  return core::read_prometheus_answer(session.send(core::prometheus_request(session.request(), url, query)));
}

core::MeasuredStep measure(DeliverySession &session, const std::string &ping) {
  const CancelOnStop cancel(session.database());
  check_stop();
  return core::measured_step_of(session.run(core::measure_next(ping)));
}

// Measures everything that is not measured yet, and puts the ping together.
void build(DeliverySession &session, const std::string &ping) {
  BuildProgress progress(session, ping);
  for (;;) {
    progress.update();
    const core::MeasuredStep step = measure(session, ping);
    if (step.is_done) break;
    if (!step.prometheus_query) continue;
    const auto begin = std::chrono::steady_clock::now();
    const core::PrometheusAnswer answer = ask_prometheus(session, *step.prometheus_query);
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    session.run(core::record_prometheus(ping, step.position, answer,
                                        std::chrono::duration_cast<std::chrono::microseconds>(elapsed)));
  }
  session.run(core::finish_service_ping(ping));
}

}  // namespace

BuiltPing build_service_ping(DeliverySession &session, bool force) {
  const core::BegunPing begun = core::begun_ping_of(session.run(core::begin_service_ping(force)));
  if (!begun.is_ours) return {begun.id, false};
  constexpr const char *canceled = "57014";
  try {
    build(session, *begun.id);
  } catch (const DatabaseError &error) {
    // A cancel is no failure: the next call goes on where this one stopped.
    if (error.sqlstate == canceled) {
      session.try_to_run(core::release_service_ping(*begun.id));
      check_stop();
    } else {
      session.try_to_run(core::fail_service_ping(*begun.id, error.sqlstate, error.what()));
    }
    throw;
  } catch (const Failure &) {
    session.try_to_run(core::release_service_ping(*begun.id));
    throw;
  }
  return {begun.id, true};
}

}  // namespace internal_events::cli
