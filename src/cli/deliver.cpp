#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/delivery/event_forwarder.hpp"
#include "cli/delivery/jobs.hpp"
#include "cli/delivery/service_ping_builder.hpp"
#include "cli/delivery/service_ping_sender.hpp"
#include "cli/delivery/stop_signals.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace internal_events::cli {
namespace {

using nlohmann::ordered_json;

struct DeliverOptions {
  DeliveryOptions delivery;
  bool pings = false;
  bool events = false;
  bool build = false;
  bool jobs = false;
  bool force = false;
  bool verbose = false;
  unsigned every = 0;
};

// One round of what is to be done, in a session of its own, so that each sees the settings as they are by then.
class Round {
 public:
  explicit Round(const DeliverOptions &options) : options_(options), session_(options.delivery) {}

  Exit run() {
    if (options_.jobs) attempt([&] { run_jobs(); });
    if (options_.build || options_.jobs) attempt([&] { build(); });
    if (options_.pings) attempt([&] { send_pings(); });
    if (options_.events) attempt([&] { forward(); });
    if (options_.delivery.json) std::cout << core::json_text(answer_) << '\n' << std::flush;
    return is_good_ ? Exit::good : Exit::refused;
  }

 private:
  // What is in the way of one thing need not be in the way of the next.
  template <typename Work>
  void attempt(const Work &work) {
    try {
      work();
    } catch (const Stopped &) {
      throw;
    } catch (const Failure &failure) {
      check_stop();
      if (!session_.database().is_alive()) throw;
      is_good_ = false;
      show(failure);
    } catch (const std::exception &error) {
      is_good_ = false;
      show(Failure(error.what()));
    }
  }

  void run_jobs() { answer_["jobs"] = to_json(run_maintenance_jobs(session_, options_.verbose)); }

  void build() {
    if (!options_.build && !is_time_to_build(session_)) return;
    const core::BuiltPing ping = build_service_ping(session_, false);
    if (ping.is_new) std::cerr << "Service Ping " << *ping.id << ": built\n";
    answer_["built"] = ping.is_new ? ordered_json(std::stoll(*ping.id)) : ordered_json();
  }

  void send_pings() {
    std::vector<SentPing> sent;
    if (session_.sends_pings()) {
      sent = send_service_pings(session_);
      if (options_.verbose && sent.empty()) std::cerr << "Service Pings: none is due\n";
    } else if (options_.verbose) {
      std::cerr << "Service Pings: not sent; internal_events.service_ping_url is not set\n";
    }
    is_good_ = is_good_ && all_arrived(sent);
    answer_["service_pings"] = {{"is_on", session_.sends_pings()}, {"attempts", to_json(sent)}};
  }

  void forward() {
    core::ForwardingReport report;
    if (session_.forwards_events()) {
      report = forward_events(session_, options_.force);
      show(report, options_.verbose);
    } else if (options_.verbose) {
      std::cerr << "Events: not forwarded; internal_events.snowplow_collector_url is not set\n";
    }
    is_good_ = is_good_ && report.error.empty();
    answer_["events"] = to_json(report);
    answer_["events"]["is_on"] = session_.forwards_events();
  }

  const DeliverOptions &options_;
  DeliverySession session_;
  ordered_json answer_ = ordered_json::object();
  bool is_good_ = true;
};

// Goes on until a signal comes, whatever goes wrong meanwhile.
Exit deliver_for_ever(const DeliverOptions &options) {
  try {
    for (;;) {
      try {
        Round(options).run();
      } catch (const Stopped &) {
        throw;
      } catch (const Failure &failure) {
        check_stop();
        if (failure.status == Exit::usage) throw;
        show(failure);
      } catch (const std::exception &error) {
        show(Failure(error.what()));
      }
      wait_for(std::chrono::seconds(options.every), check_stop);
    }
  } catch (const Stopped &) {
    return Exit::good;
  }
}

Exit deliver(DeliverOptions options) {
  const StopSignals signals;
  if (!options.pings && !options.events) options.pings = options.events = true;
  options.verbose = options.verbose || (is_terminal(Stream::error) && options.every == 0);
  return options.every > 0 ? deliver_for_ever(options) : Round(options).run();
}

}  // namespace

void add_deliver(Command app) {
  auto options = std::make_shared<DeliverOptions>();
  Command command = app.add_command(
      "deliver", "Send Service Pings that are due and forward events, from this machine instead of the server",
      "  internal-events deliver -d app\n"
      "  internal-events deliver --jobs --every 60 -d 'host=db.example.com dbname=app user=deliverer'\n"
      "  internal-events deliver --events --json");
  add_delivery_options(command, options->delivery);
  command.add_flag("--pings", options->pings, "Only Service Pings");
  command.add_flag("--events", options->events, "Only events; with --pings: both, as without either");
  command.add_flag("--build", options->build, "Build the Service Ping of this week first, where it is missing");
  command.add_flag("--jobs", options->jobs,
                   "Do first what pg_cron would: rollup, maintenance, and the week's ping when its hour has come");
  command.add_flag("--force", options->force, "Try the collector even where it has to be left alone for now");
  command.add_option("--every", options->every, "Go on for ever, with so many seconds between two rounds")
      .type("SECONDS")
      .between(1U, 86400U);
  command.add_flag("-v,--verbose", options->verbose, "Say also that there was nothing to do, as on a terminal");
  command.on_run([options] { return deliver(*options); });
}

}  // namespace internal_events::cli
