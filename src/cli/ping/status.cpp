#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/common_options.hpp"
#include "cli/database.hpp"
#include "core/json.hpp"
#include "cli/ping/ping_commands.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "core/http/http_client.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

using nlohmann::ordered_json;

struct PingStatusOptions {
  std::string dbname;
  unsigned count = 10;
  bool json = false;
};

// The first statement loads the library, without which the server would show addresses to anyone, or not know them.
constexpr const char *switches =
    "SELECT internal_events.service_ping_is_sent(), internal_events.setting('service_ping_building') = 'on'";
constexpr const char *address = "SELECT setting FROM pg_settings WHERE name = 'internal_events.service_ping_url'";

constexpr const char *progress =
    "SELECT row_to_json(p) FROM (SELECT ping_id, is_running, measured, metrics, key_path, batch, batches "
    "FROM internal_events.service_ping_progress ORDER BY ping_id DESC LIMIT 1) p";

constexpr const char *latest =
    "SELECT coalesce(json_agg(p), '[]') FROM (SELECT id, week, forced, status, attempts, "
    "internal_events.iso_8601(recorded_at) AS recorded_at, internal_events.iso_8601(next_attempt_at) AS "
    "next_attempt_at, "
    "internal_events.iso_8601(sent_at) AS sent_at, last_error "
    "FROM internal_events.service_pings ORDER BY id DESC LIMIT $1::int8) p";

// What needs a hand, and a line for a shell that lends it; $1: whether pings are sent, $2: whether they are built.
constexpr const char *troubles = R"(
    WITH newest AS (SELECT * FROM internal_events.service_pings ORDER BY id DESC LIMIT 1)
    SELECT format('Service Ping %s could not be built: %s', id, last_error),
           'internal-events ping build  # when the cause is mended'
      FROM newest WHERE status = 'failed'
     UNION ALL
    SELECT format('the build of Service Ping %s was interrupted when %s of %s metrics were measured', ping_id, measured,
                  metrics), 'internal-events ping build  # goes on there'
      FROM internal_events.service_ping_progress WHERE NOT is_running
     UNION ALL
    SELECT format('no Service Ping was built since %s', coalesce(
               (SELECT internal_events.iso_8601(recorded_at) FROM newest), 'the extension was created')),
           'internal-events ping build  # docs/operations.md says how to have that done each week'
     WHERE $2::bool AND now() - interval '8 days' > ALL (
               SELECT recorded_at FROM newest UNION ALL SELECT max(created_at) FROM internal_events.instance)
     UNION ALL
    SELECT format('Service Ping %s could not be sent (attempts: %s): %s', id, attempts, last_error),
           format('internal-events ping send --id %s  # when the cause is mended', id)
      FROM internal_events.service_pings
     WHERE $1::bool AND status = 'built' AND sent_at IS NULL AND attempts > 0
     UNION ALL
    SELECT format('Service Ping %s is due since %s, and nobody sends it', id, internal_events.iso_8601(next_attempt_at)),
           'internal-events ping send  # docs/operations.md says how to have that done each hour'
      FROM internal_events.service_pings
     WHERE $1::bool AND status = 'built' AND attempts = 0 AND next_attempt_at < now() - interval '2 hours'
     UNION ALL
    SELECT format('Service Ping %s was on its way when its session ended; whether it arrived is not known', id),
           'internal-events ping send  # sends it again, with the same key'
      FROM internal_events.service_pings
     WHERE $1::bool AND status = 'sending' AND internal_events.session_is_gone(backend_pid, backend_start))";

// The same as JSON: what is on, what goes on, what became of the latest pings, and what needs a hand.
ordered_json read_status(Database &database, const PingStatusOptions &options) {
  const Row on = database.run(switches).front();
  const Value url = database.value(address);
  const bool is_sent = *on[0] == "t";
  ordered_json status = {{"is_sent", is_sent}, {"url", nullptr}, {"is_built", *on[1] == "t"}};
  if (is_sent && url) status["url"] = core::without_credentials(*url);
  status["building"] = core::parse_json<ordered_json>(database.value(progress).value_or("null"));
  status["pings"] = core::parse_json<ordered_json>(*database.value(latest, {std::to_string(options.count)}));
  status["problems"] = ordered_json::array();
  for (const Row &row : database.run(troubles, {on[0], on[1]})) {
    status["problems"].push_back({{"message", *row[0]}, {"remedy", *row[1]}});
  }
  return status;
}

std::string shown(const ordered_json &value) {
  return value.is_null() ? "" : core::bare_text(value);
}

void print_building(const ordered_json &building) {
  if (building.is_null()) return;
  std::cout << "Service Ping " << building["ping_id"] << (building["is_running"] ? " is being built: " : " stopped at ")
            << building["measured"] << " of " << building["metrics"] << " metrics";
  if (!building["key_path"].is_null()) std::cout << ", " << core::printable(shown(building["key_path"]));
  if (!building["batch"].is_null()) {
    std::cout << ", batch " << building["batch"] << (building["batches"].is_null() ? "" : " of ")
              << shown(building["batches"]);
  }
  std::cout << '\n';
}

// A moment to the minute.
std::string minute_of(const ordered_json &moment) {
  std::string text = shown(moment).substr(0, std::string_view("2026-11-21T10:40").size());
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

void print_pings(const ordered_json &pings) {
  if (pings.empty()) return;
  constexpr std::size_t width_without_error = 106;
  constexpr std::size_t shortest_error = 30;
  const std::size_t width = terminal_width();
  const std::size_t widest_error = std::max(width, width_without_error + shortest_error) - width_without_error;
  std::vector<std::vector<std::string>> rows;
  for (const ordered_json &ping : pings) {
    const std::string error = core::printable(shown(ping["last_error"]));
    rows.push_back({shown(ping["id"]), shown(ping["week"]) + (ping["forced"] ? " (forced)" : ""), shown(ping["status"]),
                    minute_of(ping["recorded_at"]), shown(ping["attempts"]), minute_of(ping["sent_at"]),
                    minute_of(ping["next_attempt_at"]),
                    is_terminal(Stream::output) ? cut_to_width(error, widest_error) : error});
  }
  std::cout << '\n';
  print_table(std::cout, {"id", "week", "status", "recorded (UTC)", "attempts", "sent", "next attempt", "last error"},
              rows);
}

void print(const ordered_json &status) {
  const Style style = style_of(Stream::output);
  std::cout << style.bold("Sending: ");
  if (!status["is_sent"]) {
    std::cout << "off; internal_events.service_ping_url is not set\n";
  } else if (status["url"].is_null()) {
    std::cout << "on; where to is seen by superusers and members of pg_read_all_settings\n";
  } else {
    std::cout << "to " << shown(status["url"]) << '\n';
  }
  std::cout << style.bold("Building: ")
            << (status["is_built"] ? "on" : "off, as internal_events.service_ping_building says") << '\n';
  print_building(status["building"]);
  print_pings(status["pings"]);
  for (const ordered_json &problem : status["problems"]) {
    std::cout << '\n'
              << style.red("Needs a hand: ") << core::printable(shown(problem["message"])) << '\n'
              << style.bold("Remedy: ") << shown(problem["remedy"]) << '\n';
  }
}

Exit show_status(const PingStatusOptions &options) {
  Database database = Database::with_extension(options.dbname);
  const ordered_json status = read_status(database, options);
  if (options.json) {
    std::cout << core::json_text(status, core::indented) << '\n';
  } else {
    print(status);
  }
  return status["problems"].empty() ? Exit::good : Exit::refused;
}

}  // namespace

void add_ping_status(Command ping) {
  auto options = std::make_shared<PingStatusOptions>();
  Command command =
      ping.add_command("status", "Show what became of the latest Service Pings; exit status 1 where one needs a hand",
                       "  internal-events ping status -d app\n"
                       "  internal-events ping status --json | jq '.problems[].message'");
  add_dbname(command, options->dbname);
  add_json(command, options->json);
  command.add_option("-n,--count", options->count, "How many pings").shows_default().type("COUNT").between(1U, 10000U);
  command.on_run([options] { return show_status(*options); });
}

}  // namespace internal_events::cli
