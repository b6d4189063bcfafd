// What loading definition files makes of the definitions that a database has.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/database.hpp"
#include "cli/definition_check.hpp"

namespace internal_events::cli {

// A definition's kind (event, metric, instrumentation, value_schema) and name, which two files cannot share.
using DefinitionName = std::pair<std::string, std::string>;

// The name of what a file defines.
DefinitionName name_of(const core::CheckedFile &file);

// What a database keeps of a definition.
struct StoredDefinition {
  std::string content;
  std::string path;
  std::string name;  // of an instrumentation: its class
  Value options;     // of an instrumentation that is limited to some
  bool is_removed = false;
};
using StoredDefinitions = std::map<DefinitionName, StoredDefinition>;

// Every definition that a database has.
StoredDefinitions stored_definitions(Database &database);

enum class Action { added, changed, removed, unchanged };

// What becomes of a definition.
struct Change {
  Action action;
  DefinitionName definition;
  std::string path;
};

// How a database differs from before, after files have been loaded.
struct Changes {
  std::vector<Change> list;  // those of the files, and those that are removed; by action and path
  std::size_t without_file = 0;

  std::size_t count(Action action) const;
};

Changes compare(const StoredDefinitions &before, const StoredDefinitions &after,
                const std::map<DefinitionName, std::string> &files);

}  // namespace internal_events::cli
