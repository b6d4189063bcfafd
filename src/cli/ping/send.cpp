#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/delivery/service_ping_builder.hpp"
#include "cli/delivery/service_ping_sender.hpp"
#include "cli/delivery/stop_signals.hpp"
#include "core/json.hpp"
#include "cli/ping/ping_commands.hpp"

namespace internal_events::cli {
namespace {

struct SendOptions {
  DeliveryOptions delivery;
  std::optional<std::int64_t> id;
  bool force = false;
  bool no_build = false;
};

// Builds the ping of the week, or another one, and says so.
core::BuiltPing build(DeliverySession &session, bool force) {
  core::BuiltPing ping = build_service_ping(session, force);
  if (!ping.id) {
    std::cerr << "Nothing was built: internal_events.service_ping_building is off\n";
  } else if (ping.is_new) {
    std::cerr << "Service Ping " << *ping.id << ": built\n";
  }
  return ping;
}

// The option --force of what builds a ping; returned to be combined with others.
Option add_force(Command command, bool &force) {
  return command.add_flag("--force", force, "Build another one where the week has its ping");
}

nlohmann::ordered_json id_of(const core::BuiltPing &ping) {
  return ping.id ? nlohmann::ordered_json(std::stoll(*ping.id)) : nlohmann::ordered_json();
}

Exit build_only(const SendOptions &options) {
  const StopSignals signals;
  DeliverySession session(options.delivery);
  const core::BuiltPing ping = build(session, options.force);
  if (ping.id && !ping.is_new) {
    std::cerr << "Service Ping " << *ping.id << " is the one of this week; --force builds another one\n";
  }
  if (options.delivery.json) {
    std::cout << core::json_text(nlohmann::ordered_json{{"id", id_of(ping)}, {"is_new", ping.is_new}}, core::indented)
              << '\n';
  }
  return Exit::good;
}

// Says why nothing was sent: what the newest ping waits for.
void explain(DeliverySession &session) {
  const Row row = session.run(
      {"SELECT p.id, p.status, internal_events.iso_8601(p.sent_at), internal_events.iso_8601(p.next_attempt_at) "
       "FROM internal_events.service_pings p ORDER BY p.id DESC LIMIT 1",
       {}});
  std::cerr << "Nothing is due";
  if (!row.empty()) {
    std::cerr << ": Service Ping " << *row[0];
    if (row[2]) {
      std::cerr << " was " << *row[1] << ' ' << *row[2];
    } else if (row[3]) {
      std::cerr << " waits until " << *row[3];
    } else {
      std::cerr << " is " << *row[1];
    }
    std::cerr << "; --id " << *row[0] << " sends it now";
  }
  std::cerr << '\n';
}

Exit send(const SendOptions &options) {
  const StopSignals signals;
  DeliverySession session(options.delivery);
  std::vector<SentPing> sent;
  if (session.sends_pings()) {
    // What is missing for sending is said before the metrics are measured.
    session.require_settings();
    if (options.id) {
      session.run({"SELECT internal_events.resend_service_ping($1::pg_catalog.int8)", {std::to_string(*options.id)}});
    } else if (!options.no_build) {
      build(session, options.force);
    }
    sent = send_service_pings(session);
    if (sent.empty()) explain(session);
  } else {
    std::cerr << "Nothing is sent: internal_events.service_ping_url is not set\n";
  }
  if (options.delivery.json) {
    std::cout << core::json_text(nlohmann::ordered_json{{"is_on", session.sends_pings()}, {"attempts", to_json(sent)}},
                                 core::indented)
              << '\n';
  }
  return all_arrived(sent) ? Exit::good : Exit::refused;
}

}  // namespace

void add_ping_build(Command ping) {
  auto options = std::make_shared<SendOptions>();
  Command command = ping.add_command("build", "Build and keep the Service Ping of this week; sends nothing",
                                     "  internal-events ping build -d app");
  add_delivery_options(command, options->delivery);
  add_force(command, options->force);
  command.on_run([options] { return build_only(*options); });
}

void add_ping_send(Command ping) {
  auto options = std::make_shared<SendOptions>();
  Command command = ping.add_command(
      "send", "Build the Service Ping of this week where it is missing, and send from this machine what is due",
      "  internal-events ping send -d app\n"
      "  internal-events ping send --id 7\n"
      "  internal-events ping send --proxy http://proxy.example.com:3128");
  add_delivery_options(command, options->delivery);
  Option id = command.add_option("--id", options->id, "Send this one now, whether it waits, was sent or was withheld")
                  .type("ID");
  Option no_build = command.add_flag("--no-build", options->no_build, "Build none").excludes(id);
  add_force(command, options->force).excludes(id).excludes(no_build);
  command.on_run([options] { return send(*options); });
}

}  // namespace internal_events::cli
