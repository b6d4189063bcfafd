#include "cli/delivery/event_forwarder.hpp"

#include <cmath>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/delivery/stop_signals.hpp"
#include "cli/terminal.hpp"
#include "core/delivery/forwarding_statements.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// The queue in the database, as a session sees it from outside.
class SessionQueue : public core::ForwardingQueue {
 public:
  SessionQueue(DeliverySession &session, ForwardingReport &report)
      : session_(session), report_(report), url_(session.setting("snowplow_collector_url")) {
    if (is_terminal(Stream::error)) progress_.emplace("Events", backlog());
  }

  core::Portion next(bool left_over) override {
    // What went wrong before is mended where there is no next error.
    report_.error.clear();
    report_.next_try.reset();
    // Whoever changes the address, or removes it, wants nothing more to go to the old one.
    if (session_.current_setting("snowplow_collector_url") != url_) return {};
    return core::portion_of(session_.run_all(core::next_portion(left_over)));
  }

  std::optional<std::chrono::milliseconds> record(const core::Outcome &outcome) override {
    const Row row = session_.run(core::record_outcome(outcome));
    report_.delivered += outcome.delivered.size();
    report_.refused += outcome.refused.size();
    report_.next_try = core::delay_of(row);
    report_.error = outcome.fault;
    if (report_.next_try && report_.error.empty()) report_.error = "the collector has refused too many events in a row";
    if (progress_) progress_->advance(outcome.delivered.size());
    return report_.next_try;
  }

 private:
  std::size_t backlog() {
    const Row row = session_.run({"SELECT backlog FROM internal_events.forwarding_status", {}});
    return std::stoul(row.front().value_or("0"));
  }

  DeliverySession &session_;
  ForwardingReport &report_;
  std::string url_;
  std::optional<Progress> progress_;
};

// Sends what there is, as the session that has begun to.
void run(DeliverySession &session, std::chrono::milliseconds delay, ForwardingReport &report) {
  SessionQueue queue(session, report);
  const auto wait = [&](std::chrono::milliseconds span) { wait_for(span, [&] { session.check(); }); };
  core::Forwarder forwarder(queue, session.forwarding_options(), wait, [&] { session.check(); });
  try {
    wait(delay);
    forwarder.run();
  } catch (const Failure &) {
    try {
      forwarder.record_interrupted();
    } catch (const Failure &) {
      // The session is gone: what is not known to have arrived is sent again.
      report.error.clear();
    }
    throw;
  }
}

std::string seconds_of(std::chrono::duration<double> span) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << span.count() << " s";
  return text.str();
}

std::string events_of(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " event" : " events");
}

}  // namespace

ForwardingReport forward_events(DeliverySession &session, bool force) {
  // All that may be missing here is asked for before the session takes the work on.
  session.require_settings();
  ForwardingReport report;
  const core::ForwardingBegin begun = core::forwarding_begin_of(session.run(core::begin_forwarding(force)));
  if (!begun.may_send) {
    report.message = begun.message;
    return report;
  }
  const auto begin = std::chrono::steady_clock::now();
  try {
    run(session, *begun.delay, report);
  } catch (const Failure &) {
    session.try_to_run(core::end_forwarding());
    throw;
  }
  session.run(core::end_forwarding());
  report.elapsed = std::chrono::steady_clock::now() - begin;
  return report;
}

void show(const ForwardingReport &report, bool is_verbose) {
  const Style style = style_of(Stream::error);
  if (!report.message.empty())
    std::cerr << "Events: nothing is forwarded now: " << core::printable(report.message) << '\n';
  if (report.delivered > 0) {
    std::cerr << "Events: " << style.green(events_of(report.delivered) + " forwarded") << " in "
              << seconds_of(report.elapsed) << '\n';
  }
  if (report.refused > 0) {
    std::cerr << "Events: " << style.yellow(events_of(report.refused) + " refused")
              << " by the collector; internal_events.forwarding_failures says why\n";
  }
  if (!report.error.empty()) {
    std::cerr << "Events: " << style.red("not all forwarded") << ": " << core::printable(report.error)
              << "; next try in " << seconds_of(report.next_try.value_or(std::chrono::milliseconds(0))) << '\n';
  }
  const bool is_nothing = report.message.empty() && report.error.empty() && report.delivered + report.refused == 0;
  if (is_verbose && is_nothing) std::cerr << "Events: nothing waits to be forwarded\n";
}

nlohmann::ordered_json to_json(const ForwardingReport &report) {
  const auto text = [](const std::string &text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
  };
  nlohmann::ordered_json seconds;
  if (report.next_try) seconds = std::ceil(std::chrono::duration<double>(*report.next_try).count());
  return {{"delivered", report.delivered},
          {"refused", report.refused},
          {"error", text(report.error)},
          {"next_try_in_seconds", seconds},
          {"message", text(report.message)}};
}

}  // namespace internal_events::cli
