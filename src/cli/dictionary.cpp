#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/dictionary/definitions.hpp"
#include "cli/dictionary/embedded_files.hpp"
#include "cli/dictionary/measurements.hpp"
#include "cli/dictionary/output_folder.hpp"
#include "cli/dictionary/pages.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

using dictionary::Dictionary;

struct DictionaryOptions {
  std::vector<std::string> paths;
  std::optional<std::string> dbname;
  std::string folder;
  std::string title = "Metrics dictionary";
  bool no_values = false;
  bool force = false;
};

// Adds what the database says, which its readers may ask; without definitions of files, those that are loaded there.
void ask_database(const DictionaryOptions &options, std::optional<Dictionary> &dictionary) {
  Database database = Database::with_extension(*options.dbname);
  try {
    if (!dictionary) dictionary = dictionary::read_loaded(database);
    dictionary::add_loaded(database, *dictionary, !options.no_values);
  } catch (const DatabaseError &error) {
    if (error.sqlstate != "42501") throw;
    throw Failure(error.what(), "Connect as a member of internal_events_reader: GRANT internal_events_reader TO \"" +
                                    database.value("SELECT current_user").value_or("") + "\"");
  }
}

// Gathers what the pages are about; nothing where a definition file has an error.
std::optional<Dictionary> gather(const DictionaryOptions &options) {
  std::optional<Dictionary> dictionary;
  if (!options.paths.empty()) {
    dictionary = dictionary::read_files(options.paths);
    if (!dictionary) return std::nullopt;
  }
  if (options.dbname) ask_database(options, dictionary);
  dictionary->title = options.title;
  return dictionary;
}

void write_assets(dictionary::OutputFolder &folder) {
  constexpr std::array names{"style.css",    "table.js",    "history.js", "jquery.min.js", "jquery.dataTables.min.js",
                             "chart.min.js", "licenses.txt"};
  for (const char *name : names) folder.write(std::string("assets/") + name, embedded_file(name));
}

void write_pages(dictionary::OutputFolder &folder, const Dictionary &dictionary) {
  dictionary::Pages pages(dictionary);
  Progress progress("Writing pages", dictionary.metrics.size() + dictionary.events.size());
  folder.write("index.html", pages.metrics());
  folder.write("events.html", pages.events());
  for (const dictionary::Metric &metric : dictionary.metrics) {
    folder.write("metrics/" + metric.page, pages.metric(metric));
    progress.advance();
  }
  for (const dictionary::Event &event : dictionary.events) {
    folder.write("events/" + event.page, pages.event(event));
    progress.advance();
  }
}

Exit write_dictionary(const DictionaryOptions &options) {
  if (options.paths.empty() && !options.dbname) {
    throw Failure("nothing to make a dictionary of",
                  "Name definition files or their folder, or a database by --dbname, or both.", Exit::usage);
  }
  dictionary::OutputFolder folder(options.folder, options.force);
  const std::optional<Dictionary> dictionary = gather(options);
  if (!dictionary) return Exit::refused;
  write_assets(folder);
  write_pages(folder, *dictionary);
  folder.commit();
  std::cerr << style_of(Stream::error)
                   .green(std::to_string(dictionary->metrics.size()) + " metrics, " +
                          std::to_string(dictionary->events.size()) + " events: ")
            << options.folder << "/index.html\n";
  return Exit::good;
}

}  // namespace

void add_dictionary(Command app) {
  auto options = std::make_shared<DictionaryOptions>();
  Command command = app.add_command(
      "dictionary", "Write a dictionary of metrics and events, as a web site that needs no server",
      "  internal-events dictionary config -o public\n"
      "  internal-events dictionary --dbname app -o /tmp/dictionary\n"
      "  internal-events dictionary config --dbname app --no-values -o public --title 'Metrics of Planner'");
  command.add_option("PATH", options->paths, "Definition files, or folders that are searched for .yml and .yaml");
  command.add_option("-o,--output", options->folder, "The folder to write to; it is made where there is none")
      .required()
      .type("DIR");
  add_dbname(command, options->dbname,
             "Database name or connection string: shows its SQL, values and the last 28 days, and without PATH the "
             "definitions that are loaded there");
  command.add_flag("--no-values", options->no_values, "Of the database, show statuses and SQL, but no number");
  command.add_option("--title", options->title, "The title of all pages").shows_default();
  command.add_flag("--force", options->force, "Write to a folder that holds other files; they stay");
  command.on_run([options] { return write_dictionary(*options); });
}

}  // namespace internal_events::cli
