// Definition files, checked together and against what a database has.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/definition_paths.hpp"
#include "core/definitions/definition_set.hpp"

namespace internal_events::cli {

// What was checked: definitions in the order in which they can be loaded, and the JSON Schemas that metrics name.
struct CheckedDefinitions {
  std::vector<core::CheckedFile> definitions;
  std::vector<core::CheckedFile> schemas;

  // All of them, by path.
  std::vector<core::CheckedFile> by_path() const;
};

// The option --strict of such a check.
void add_strict(Command command, bool &strict);

// Checks files against each other and against what is known besides; refuses to go on where there is no file.
CheckedDefinitions check(DefinitionTexts texts, std::vector<core::DefinitionText> known, bool strict);

// The event and metric definitions that a database has, or only those that are removed there; a reader of metrics may
// ask for them.
std::vector<core::DefinitionText> loaded_definitions(Database &database, bool removed_only = false);

}  // namespace internal_events::cli
