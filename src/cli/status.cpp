#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/database.hpp"
#include "core/json.hpp"
#include "cli/status/report.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

// What is no interval, one that is too long, and one that begins before all time.
constexpr std::array<const char *, 3> invalid_intervals{"22007", "22015", "22008"};
constexpr char no_privilege[] = "42501";
constexpr char no_function[] = "42883";

struct StatusOptions {
  std::string dbname;
  std::string format = "text";
  std::string patience = "1 hour";
  std::vector<std::string> ignored;
  bool json = false;
};

// Why nothing could be asked, by a name as findings have.
struct Unanswered {
  std::string code;
  Failure failure;
};

Json finding(const std::string &code, const std::string &severity, const std::string &message,
             const std::string &remedy) {
  return {{"code", code}, {"severity", severity}, {"message", message}, {"remedy", remedy}};
}

// Turns what the server says against the question into what to do.
[[noreturn]] void explain(Database &database, const DatabaseError &error) {
  if (core::contains(invalid_intervals, error.sqlstate)) {
    throw Failure(error.what(), "Write --patience as an interval of PostgreSQL: '90 min'.", Exit::usage);
  }
  if (error.sqlstate == no_privilege) {
    const std::string user = *database.value("SELECT quote_ident(session_user)");
    throw Unanswered{
        "not_permitted",
        Failure(error.what(), "GRANT internal_events_admin TO " + user +
                                  ";  -- as a superuser; or only: GRANT USAGE ON SCHEMA internal_events TO " + user +
                                  "; GRANT EXECUTE ON FUNCTION "
                                  "internal_events.status(jsonb, interval) TO " +
                                  user + ";")};
  }
  if (error.sqlstate == no_function) {
    const Value version = database.value("SELECT extversion FROM pg_extension WHERE extname = 'internal_events'");
    throw Unanswered{"extension_outdated", Failure("the extension is version " + *version + ", which has no status()",
                                                   "ALTER EXTENSION internal_events UPDATE;")};
  }
  throw Unanswered{"not_answered", error};
}

// Asks the database; `jobs` is what pg_cron says in another one.
Json ask(Database &database, const Value &jobs, const std::string &patience) {
  try {
    return core::parse_json<Json>(
        *database.value("SELECT internal_events.status($1::jsonb, $2::interval)", {jobs, patience}));
  } catch (const DatabaseError &error) {
    explain(database, error);
  }
}

// The jobs of pg_cron in another database, or why they cannot be seen.
std::string jobs_elsewhere(const StatusOptions &options, const Json &scheduler) {
  try {
    Database database(options.dbname, text(scheduler.at("database")));
    return *database.value(text(scheduler.at("query")));
  } catch (const Failure &failure) {
    return core::json_text(Json{{"problem", failure.what()}}, core::indented);
  }
}

// Connects; a server or a database that is not there is an answer, too.
Database connect(const StatusOptions &options) {
  try {
    return Database::with_extension(options.dbname);
  } catch (const NoExtension &error) {
    throw Unanswered{"not_installed", error};
  } catch (const Failure &error) {
    throw Unanswered{"not_connected", error};
  }
}

// What the database says, with what the command knows besides; what is asked for first comes first.
Json complete(const Json &answer, const StatusOptions &options) {
  Json report = {{"ok", true},          {"findings", Json::array()}, {"checked_at", nullptr},
                 {"database", nullptr}, {"is_standby", nullptr},     {"versions", nullptr}};
  report.update(answer);
  report["scheduler"].erase("query");
  Json versions = {{"command", INTERNAL_EVENTS_VERSION}};
  versions.update(answer.at("versions"));
  report["versions"] = versions;
  if (versions.at("extension") != INTERNAL_EVENTS_VERSION) {
    report["findings"].push_back(
        finding("command_mismatch", "warning",
                "This command is version " INTERNAL_EVENTS_VERSION ", the extension " + text(versions.at("extension")),
                "-- Install the command of the extension's version."));
  }
  Json findings = Json::array();
  for (const Json &found : report["findings"]) {
    if (std::find(options.ignored.begin(), options.ignored.end(), text(found.at("code"))) == options.ignored.end()) {
      findings.push_back(finding(text(found.at("code")), text(found.at("severity")), text(found.at("message")),
                                 text(found.at("remedy"))));
    }
  }
  report["findings"] = findings;
  report["ok"] = findings.empty();
  return report;
}

void print(const Json &report, const std::string &format, const std::string &where) {
  if (format == "json") {
    std::cout << core::json_text(report, core::indented) << '\n';
  } else if (format == "prometheus") {
    print_prometheus(report);
  } else {
    print_report(report, where);
  }
}

Exit status(const StatusOptions &options) {
  const std::string format = options.json ? "json" : options.format;
  try {
    Database database = connect(options);
    Json report = ask(database, std::nullopt, options.patience);
    const Json scheduler = report.at("scheduler");
    if (!scheduler.at("query").is_null()) {
      report = ask(database, jobs_elsewhere(options, scheduler), options.patience);
    }
    report = complete(report, options);
    print(report, format, database.description());
    return report.at("ok").get<bool>() ? Exit::good : Exit::refused;
  } catch (const Unanswered &unanswered) {
    if (format == "text") throw Failure(unanswered.failure);
    print({{"ok", false},
           {"findings",
            Json::array({finding(unanswered.code, "error", unanswered.failure.what(), unanswered.failure.remedy)})}},
          format, "");
    return Exit::refused;
  }
}

}  // namespace

void add_status(Command app) {
  auto options = std::make_shared<StatusOptions>();
  Command command =
      app.add_command("status", "Show how an installation is; exit status 1 where it needs a hand",
                      "  internal-events status --dbname app\n"
                      "  internal-events status --json | jq '.findings[].code'\n"
                      "  internal-events status --format=prometheus >/var/lib/node_exporter/internal_events.prom\n"
                      "  internal-events status --ignore=metrics_not_available --patience='15 min'");
  add_dbname(command, options->dbname);
  command
      .add_option("--format", options->format,
                  "text: one screen; json: for scripts; prometheus: for its text file collector")
      .shows_default()
      .one_of({"text", "json", "prometheus"});
  add_json(command, options->json);
  command
      .add_option("--patience", options->patience, "How long something may wait or stand still before it is a finding")
      .shows_default()
      .type("INTERVAL");
  command.add_repeated("--ignore", options->ignored, "A finding that is known, by its code; may be repeated")
      .type("CODE");
  command.on_run([options] { return status(*options); });
}

}  // namespace internal_events::cli
