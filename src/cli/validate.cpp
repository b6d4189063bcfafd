#include <iterator>
#include <memory>
#include <utility>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/definition_check.hpp"
#include "cli/problem_report.hpp"

namespace internal_events::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> paths;
  std::vector<std::string> known;
  std::optional<std::string> dbname;
  std::string format = "text";
  bool json = false;
  bool strict = false;
};

// What the files may refer to: other files, and what a database has.
std::vector<core::DefinitionText> known_definitions(const ValidateOptions &options) {
  std::vector<core::DefinitionText> known = read_definitions(options.known).definitions;
  if (!options.dbname) return known;
  Database database = Database::with_extension(*options.dbname);
  std::vector<core::DefinitionText> loaded = loaded_definitions(database);
  std::move(loaded.begin(), loaded.end(), std::back_inserter(known));
  return known;
}

Exit validate(const ValidateOptions &options) {
  const CheckedDefinitions checked = check(read_definitions(options.paths), known_definitions(options), options.strict);
  return report_problems(checked.by_path(), options.json ? "json" : options.format) ? Exit::refused : Exit::good;
}

}  // namespace

void add_validate(Command app) {
  auto options = std::make_shared<ValidateOptions>();
  Command command = app.add_command("validate", "Check definition files; exit status 1 where one has an error",
                                    "  internal-events validate config/events config/metrics\n"
                                    "  internal-events validate --known config changed_metric.yml\n"
                                    "  internal-events validate --dbname app changed_metric.yml\n"
                                    "  internal-events validate --format=github config");
  add_paths(command, options->paths);
  command
      .add_repeated("--known", options->known, "Files or folders that the others may refer to, without being reported")
      .type("PATH");
  add_dbname(command, options->dbname, "A database whose definitions the files may refer to");
  command.add_option("--format", options->format, "text: file:line:column; github: annotations of a pull request; json")
      .shows_default()
      .one_of({"text", "github", "json"});
  add_json(command, options->json);
  add_strict(command, options->strict);
  command.on_run([options] { return validate(*options); });
}

}  // namespace internal_events::cli
