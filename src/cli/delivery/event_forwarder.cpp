#include "cli/delivery/event_forwarder.hpp"

#include <cmath>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// How many events wait.
std::size_t backlog(DeliverySession &session) {
  const Row row = session.run({"SELECT backlog FROM internal_events.forwarding_status", {}});
  return std::stoul(row.front().value_or("0"));
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

core::ForwardingReport forward_events(DeliverySession &session, bool force) {
  // All that may be missing here is asked for before the session takes the work on.
  session.require_settings();
  std::optional<Progress> progress;
  std::size_t shown = 0;
  return core::forward_events(session, force, [&](const core::ForwardingReport &so_far) {
    if (!is_terminal(Stream::error)) return;
    if (!progress) progress.emplace("Events", backlog(session));
    progress->advance(so_far.delivered - shown);
    shown = so_far.delivered;
  });
}

void show(const core::ForwardingReport &report, bool is_verbose) {
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

nlohmann::ordered_json to_json(const core::ForwardingReport &report) {
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
