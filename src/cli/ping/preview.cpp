#include <iostream>
#include <memory>

#include "cli/common_options.hpp"
#include "cli/database.hpp"
#include "cli/ping/ping_commands.hpp"
#include "core/json_layout.hpp"

namespace internal_events::cli {
namespace {

struct PreviewOptions {
  std::string dbname;
  std::string as_of;
  bool queries = false;
  bool non_sql = false;
  bool pretty = false;
};

Exit preview(const PreviewOptions &options) {
  Database database = Database::with_extension(options.dbname);
  if (!options.as_of.empty()) {
    // The first function of the extension makes its settings known, so that a wrong date is refused.
    database.run("SELECT internal_events.as_of()");
    database.run("SELECT set_config('internal_events.as_of', $1, false)", {options.as_of});
  }
  const std::string function = options.queries   ? "service_ping_queries"
                               : options.non_sql ? "service_ping_non_sql"
                                                 : "service_ping_payload";
  const std::string text = database.value("SELECT internal_events." + function + "()").value_or("{}");
  std::cout << (options.pretty ? core::indented_json(text) : text) << '\n';
  return Exit::good;
}

}  // namespace

void add_ping_preview(Command ping) {
  auto options = std::make_shared<PreviewOptions>();
  Command command = ping.add_command("preview", "Print the Service Ping as it would be built now; changes nothing",
                                     "  internal-events ping preview -d app | jq .counts\n"
                                     "  internal-events ping preview --as-of 2026-11-23 --pretty");
  add_dbname(command, options->dbname);
  command.add_option("--as-of", options->as_of, "The day, instead of today, that time frames are computed from")
      .type("DATE");
  Option queries = command.add_flag("--queries", options->queries, "The SQL of each metric, instead of its value");
  command.add_flag("--non-sql", options->non_sql, "Without what takes SQL of loaded definitions").excludes(queries);
  command.add_flag("--pretty", options->pretty, "A line for each key");
  command.on_run([options] { return preview(*options); });
}

}  // namespace internal_events::cli
