#include "cli/generate/known_definitions.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/definition_check.hpp"
#include "cli/definition_paths.hpp"
#include "core/json.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

// Remembers the words of a definition that another one may use too.
void note_words(const nlohmann::json &definition, KnownDefinitions &known) {
  if (const auto group = definition.find("product_group"); group != definition.end() && group->is_string()) {
    known.groups.insert(group->get<std::string>());
  }
  for (const auto &category : definition.value("product_categories", nlohmann::json::array())) {
    if (category.is_string()) known.categories.insert(category.get<std::string>());
  }
}

void note(const core::CheckedFile &file, KnownDefinitions &known) {
  if (core::has_error(file.problems)) known.faulty.insert(file.path);
  if (file.metric) note_words(core::parse_json(file.metric->json), known);
  if (!file.event) return;
  const nlohmann::json definition = core::parse_json(file.event->json);
  note_words(definition, known);
  known.events[file.event->name] = {core::text_of(definition, "description"), file.event->identifiers,
                                    file.event->additional_properties, file.path};
}

// Takes note of what a database has.
void read_database(const std::string &dbname, KnownDefinitions &known) {
  Database database = Database::with_extension(dbname);
  known.in_database = loaded_definitions(database);
  for (core::CheckedFile &file : core::check_definitions(known.in_database, {})) {
    file.path = database.description();
    note(file, known);
  }
}

}  // namespace

std::vector<std::string> KnownDefinitions::event_names() const {
  std::vector<std::string> names;
  names.reserve(events.size());
  for (const auto &[name, event] : events) names.push_back(name);
  return names;
}

KnownDefinitions read_known_definitions(const GenerateOptions &options) {
  KnownDefinitions known;
  std::vector<std::string> paths = options.known;
  for (const char *folder : {"/events", "/metrics"}) {
    const std::string path = options.layout.root + folder;
    std::error_code error;
    if (fs::exists(path, error)) paths.push_back(path);
  }
  known.files = read_definitions(paths).definitions;
  if (options.dbname) read_database(*options.dbname, known);
  for (const core::CheckedFile &file : core::check_definitions(known.files, known.in_database)) {
    if (!file.is_known) note(file, known);
  }
  return known;
}

}  // namespace internal_events::cli
