#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <utility>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/definition_paths.hpp"
#include "cli/migrate/report.hpp"
#include "cli/migrate/source_scan.hpp"
#include "cli/migrate/unified_diff.hpp"
#include "cli/override_files.hpp"
#include "cli/write_files.hpp"
#include "core/migration/migration.hpp"
#include "core/redis/redis_names.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

struct MigrateOptions {
  std::vector<std::string> paths;
  std::vector<std::string> sources;
  std::vector<std::string> extensions;
  std::string events_folder;
  std::vector<std::string> identifiers;
  OverrideFiles overrides;
  bool dry_run = false;
  bool json = false;
};

// Takes ID or EVENT=ID.
void take_identifier(const std::string &text, core::MigrationNames &names) {
  const std::size_t sign = text.find('=');
  const std::string name = sign == std::string::npos ? text : text.substr(sign + 1);
  const std::string identifier = core::identifier_named(name);
  const bool is_id = identifier == "user.id" || identifier == "project.id" || identifier == "namespace.id";
  const bool is_property = !name.empty() && std::all_of(name.begin(), name.end(), core::is_word_character);
  if ((!is_id && !is_property) || sign == 0) {
    throw Failure(
        "--identifier " + text + " names nothing that can be counted once",
        "Write user.id, project.id, namespace.id or the name of a property, after EVENT= where it is meant for "
        "one event.",
        Exit::usage);
  }
  if (sign == std::string::npos) {
    names.default_identifier = identifier;
  } else {
    names.identifiers[text.substr(0, sign)] = identifier;
  }
}

core::MigrationNames names_of(const MigrateOptions &options) {
  core::MigrationNames names;
  names.redis = read_override_files(options.overrides, core::Severity::warning);
  for (const std::string &identifier : options.identifiers) take_identifier(identifier, names);
  return names;
}

// Takes EXTENSION=LIKE.
std::map<std::string, core::Language> languages_of(const MigrateOptions &options) {
  std::map<std::string, core::Language> languages;
  for (const std::string &text : options.extensions) {
    const std::size_t sign = text.find('=');
    const auto language = sign == std::string::npos ? std::nullopt : core::language_of_extension(text.substr(sign + 1));
    if (!language || sign == 0) {
      throw Failure("--extension " + text + " is not EXTENSION=LIKE",
                    "LIKE is an extension that is known, such as html: --extension phtml=html.", Exit::usage);
    }
    languages[text.substr(0, sign)] = *language;
  }
  return languages;
}

// Plans with all that is known: the definitions that may be rewritten, and the events beside them.
core::MigrationPlan plan(const MigrateOptions &options, const core::MigrationNames &names) {
  std::vector<std::string> rewritable;
  std::set<std::string> folders;
  for (const core::DefinitionText &file : read_definitions(options.paths).definitions) {
    rewritable.push_back(file.path);
    folders.insert(options.events_folder.empty() ? core::events_folder_beside(file.path) : options.events_folder);
  }
  std::vector<std::string> known = options.paths;
  for (const std::string &folder : folders) {
    std::error_code error;
    if (!folder.empty() && fs::is_directory(folder, error)) known.push_back(folder);
  }
  core::MigrationPlan plan =
      core::plan_migration(read_definitions(known).definitions, rewritable, names, options.events_folder);
  for (const core::NewEventFile &event : plan.events) {
    if (fs::path(event.path).has_parent_path()) continue;
    throw Failure("the event " + event.action + " of " + event.from + " has no definition, and no place for one",
                  "Name the folder of the event definitions by --events.", Exit::usage);
  }
  return plan;
}

// What is to be written, in the order in which it is shown.
std::vector<FileToWrite> files_of(const core::MigrationPlan &plan) {
  std::vector<FileToWrite> files;
  for (const core::MigratedFile &file : plan.migrated) files.push_back({file.path, file.metric.text, file.old_text});
  for (const core::NewEventFile &event : plan.events) files.push_back({event.path, event.text, {}});
  return files;
}

std::string diff_of(const core::MigrationPlan &plan, const Style &style) {
  std::string diff;
  for (const core::MigratedFile &file : plan.migrated) {
    diff += unified_diff(file.path, &file.old_text, file.metric.text, style);
  }
  for (const core::NewEventFile &event : plan.events) diff += unified_diff(event.path, nullptr, event.text, style);
  return diff;
}

// The events that the source tracks and no definition has.
std::map<std::string, std::string> undefined_events(const MigrationReport &report) {
  std::map<std::string, std::string> undefined;
  for (const FoundCall &found : report.scan.calls) {
    if (found.call.event.empty() || report.plan.defined_events.count(found.call.event) > 0) continue;
    undefined.emplace(found.call.event, found.path + ':' + std::to_string(found.call.position.line));
  }
  return undefined;
}

Exit migrate(const MigrateOptions &options) {
  if (options.paths.empty() && options.sources.empty()) {
    throw Failure("nothing to migrate", "Name definition files or folders, or an application's source by --source.",
                  Exit::usage);
  }
  core::MigrationNames names = names_of(options);
  MigrationReport report;
  report.is_dry_run = options.dry_run;
  report.plan = plan(options, names);
  names.defined_events = report.plan.defined_events;
  report.scan = scan_source(options.sources, languages_of(options), names);
  if (!options.paths.empty()) report.undefined_events = undefined_events(report);
  if (!options.dry_run) write_files(files_of(report.plan));
  if (options.json) {
    report.diff = diff_of(report.plan, Style(false));
    print_report_as_json(report);
  } else {
    if (options.dry_run) std::cout << diff_of(report.plan, style_of(Stream::output)) << std::flush;
    // The output of a dry run is a patch, and nothing else.
    const Stream stream = options.dry_run ? Stream::error : Stream::output;
    print_report(options.dry_run ? std::cerr : std::cout, report, style_of(stream));
  }
  print_summary(report);
  return needs_hand(report) ? Exit::refused : Exit::good;
}

void add_migrate_options(Command command, MigrateOptions &options) {
  command.add_option("PATH", options.paths, "Definition files, or folders that are searched for .yml and .yaml");
  command.add_repeated("--source", options.sources, "Application source in which calls to replace are searched for")
      .type("DIR");
  command
      .add_option("--events", options.events_folder,
                  "Folder for new event definitions; if left out, the folder events beside metrics")
      .type("DIR");
  command
      .add_repeated("--identifier", options.identifiers,
                    "What is counted once where no file says so (user.id if left out); with EVENT=, of that event")
      .type("[EVENT=]ID");
  add_override_files(command, options.overrides);
  command
      .add_repeated("--extension", options.extensions,
                    "Search files with this extension too, read like those with a known one: phtml=html")
      .type("EXT=LIKE");
  command.add_flag("-n,--dry-run", options.dry_run, "Write nothing; print what would change as a patch");
  add_json(command, options.json);
}

}  // namespace

void add_migrate(Command app) {
  auto options = std::make_shared<MigrateOptions>();
  Command command =
      app.add_command("migrate", "Rewrite metrics on Redis to Internal Events, and list the calls to replace",
                      "  internal-events migrate --dry-run config\n"
                      "  internal-events migrate config --source app --source lib\n"
                      "  internal-events migrate config --identifier run_pipeline=project.id");
  add_migrate_options(command, *options);
  command.on_run([options] { return migrate(*options); });
}

}  // namespace internal_events::cli
