#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/definition_check.hpp"
#include "cli/load/change_report.hpp"
#include "cli/load/changes.hpp"
#include "cli/load/loader.hpp"

namespace internal_events::cli {
namespace {

struct LoadOptions {
  std::vector<std::string> paths;
  std::string dbname;
  bool prune = false;
  bool strict = false;
  ReportOptions report;
};

// Refuses a role that may not load definitions.
void require_admin(Database &database) {
  if (database.value("SELECT pg_has_role('internal_events_admin', 'USAGE')") == "t") return;
  const std::string role = database.value("SELECT quote_ident(current_user)").value_or("");
  throw Failure("role " + role + " may not load definitions into " + database.description(),
                "GRANT internal_events_admin TO " + role + ", or connect as a role that has it.");
}

// Keeps other sessions from loading definitions until the transaction ends.
void lock(Database &database) {
  if (database.value("SELECT internal_events.lock_definitions(false)") == "t") return;
  std::cerr << "Another session is loading definitions; waiting until it has ended\n";
  database.run("SELECT internal_events.lock_definitions(true)");
}

bool has_error(const std::vector<core::CheckedFile> &files) {
  return std::any_of(files.begin(), files.end(),
                     [](const core::CheckedFile &file) { return core::has_error(file.problems); });
}

// The files by what they define.
std::map<DefinitionName, std::string> files_by_name(const CheckedDefinitions &checked) {
  std::map<DefinitionName, std::string> files;
  for (const core::CheckedFile &file : checked.by_path()) files.emplace(name_of(file), file.path);
  return files;
}

Exit load(LoadOptions options) {
  DefinitionTexts texts = read_definitions(options.paths);
  Database database = Database::with_extension(options.dbname);
  options.report.database = database.description();
  require_admin(database);
  Transaction transaction(database);
  lock(database);
  // What is to be removed is not there for the others to refer to.
  CheckedDefinitions checked = check(std::move(texts), loaded_definitions(database, options.prune), options.strict);
  if (has_error(checked.definitions) || has_error(checked.schemas)) {
    report_refusal(checked, options.report);
    return Exit::refused;
  }
  if (options.prune && checked.definitions.empty()) {
    throw Failure("no definition files found, so --prune would remove everything",
                  "Name a folder that holds .yml files.", Exit::usage);
  }
  const StoredDefinitions before = stored_definitions(database);
  Loader(database, checked, options.strict).run(options.prune ? &before : nullptr);
  const Changes changes = compare(before, stored_definitions(database), files_by_name(checked));
  if (!options.report.dry_run) transaction.commit();
  report_changes(changes, checked, options.report);
  return Exit::good;
}

}  // namespace

void add_load(Command app) {
  auto options = std::make_shared<LoadOptions>();
  Command command =
      app.add_command("load", "Load definition files into a database, all of them or, where one has an error, none",
                      "  internal-events load --dbname app config/events config/metrics\n"
                      "  internal-events load --dbname app --prune --dry-run config\n"
                      "  internal-events load --dbname 'host=db.example.com dbname=app user=deployer' config");
  add_paths(command, options->paths);
  add_dbname(command, options->dbname);
  command.add_flag("--prune", options->prune, "Remove loaded definitions that none of the files has");
  command.add_flag("--dry-run", options->report.dry_run, "Show what would change, and change nothing");
  add_strict(command, options->strict);
  command.add_flag("-v,--verbose", options->report.verbose, "Name what is unchanged too");
  add_json(command, options->report.json);
  command.on_run([options] { return load(*options); });
}

}  // namespace internal_events::cli
