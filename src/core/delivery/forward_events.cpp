#include "core/delivery/forward_events.hpp"

#include "core/delivery/delivery_settings.hpp"
#include "core/delivery/forwarder.hpp"
#include "core/delivery/forwarding_statements.hpp"

namespace internal_events::core {
namespace {

// The queue in the session's database.
class SessionQueue : public ForwardingQueue {
 public:
  SessionQueue(Session &session, ForwardingReport &report, const ForwardingProgress &progress)
      : session_(session), report_(report), progress_(progress), url_(session.setting("snowplow_collector_url")) {}

  Portion next(bool left_over) override {
    // What went wrong before is mended where there is no next error.
    report_.error.clear();
    report_.next_try.reset();
    // Whoever changes the address, or removes it, wants nothing more to go to the old one.
    if (session_.setting("snowplow_collector_url") != url_) return {};
    return portion_of(session_.run_all(next_portion(left_over)));
  }

  std::optional<std::chrono::milliseconds> record(const Outcome &outcome) override {
    report_.next_try = delay_of(session_.run(record_outcome(outcome)));
    report_.delivered += outcome.delivered.size();
    report_.refused += outcome.refused.size();
    report_.error = outcome.fault;
    if (report_.next_try && report_.error.empty()) report_.error = "the collector has refused too many events in a row";
    progress_(report_);
    return report_.next_try;
  }

 private:
  Session &session_;
  ForwardingReport &report_;
  const ForwardingProgress &progress_;
  std::string url_;
};

// Sends what there is, as the session that has begun to.
void forward(Session &session, std::chrono::milliseconds delay, ForwardingReport &report,
             const ForwardingProgress &progress) {
  progress(report);
  SessionQueue queue(session, report, progress);
  Forwarder forwarder(
      queue, configured_forwarding(session), [&](std::chrono::milliseconds span) { session.wait(span); },
      [&] { session.check(); });
  try {
    session.wait(delay);
    forwarder.run();
  } catch (...) {
    forwarder.record_interrupted();
    throw;
  }
}

}  // namespace

ForwardingReport forward_events(Session &session, bool force, const ForwardingProgress &progress) {
  ForwardingReport report;
  const ForwardingBegin begun = forwarding_begin_of(session.run(begin_forwarding(force)));
  if (!begun.may_send) {
    report.message = begun.message;
    return report;
  }
  const auto begin = std::chrono::steady_clock::now();
  try {
    forward(session, *begun.delay, report, progress);
  } catch (...) {
    session.run_after_failure(end_forwarding());
    throw;
  }
  session.run(end_forwarding());
  report.elapsed = std::chrono::steady_clock::now() - begin;
  return report;
}

}  // namespace internal_events::core
