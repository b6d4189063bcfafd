#include "cli/definition_check.hpp"

#include <algorithm>
#include <utility>

#include "cli/command.hpp"
#include "core/definitions/value_schema_files.hpp"

namespace internal_events::cli {

std::vector<core::CheckedFile> CheckedDefinitions::by_path() const {
  std::vector<core::CheckedFile> files = definitions;
  files.insert(files.end(), schemas.begin(), schemas.end());
  std::sort(files.begin(), files.end(),
            [](const core::CheckedFile &a, const core::CheckedFile &b) { return a.path < b.path; });
  return files;
}

void add_strict(Command command, bool &strict) {
  command.add_flag("--strict", strict, "A key that no version of the format knows is an error, not a warning");
}

CheckedDefinitions check(DefinitionTexts texts, std::vector<core::DefinitionText> known, bool strict) {
  if (texts.definitions.empty() && texts.schemas.empty()) {
    throw Failure("no definition files found", "Name a folder that holds .yml files.", Exit::usage);
  }
  CheckedDefinitions checked;
  checked.definitions = core::check_definitions(std::move(texts.definitions), std::move(known), {.strict = strict});
  checked.schemas = core::check_value_schemas(std::move(texts.schemas), checked.definitions);
  std::erase_if(checked.definitions, [](const core::CheckedFile &file) { return file.is_known; });
  return checked;
}

std::vector<core::DefinitionText> loaded_definitions(Database &database, bool removed_only) {
  std::vector<core::DefinitionText> texts;
  // JSON is YAML.
  for (Row &row : database.run(
           "SELECT d.definition::text FROM (SELECT e.definition, e.status FROM internal_events.event_definitions e "
           " UNION ALL SELECT m.definition, m.status FROM internal_events.metric_definitions m) d "
           " WHERE d.status = 'removed' OR NOT $1",
           {removed_only ? "true" : "false"})) {
    texts.push_back({"", std::move(row.front())});
  }
  return texts;
}

}  // namespace internal_events::cli
