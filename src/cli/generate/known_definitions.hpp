// The definitions that are there before new ones are written.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/generate/options.hpp"
#include "core/definitions/definition_set.hpp"

namespace internal_events::cli {

// What an existing event's definition says.
struct ExistingEvent {
  std::string description;
  std::vector<std::string> identifiers;
  std::vector<std::string> properties;
  std::string place;  // its file, or the database
};

struct KnownDefinitions {
  std::map<std::string, ExistingEvent> events;
  std::set<std::string> groups;
  std::set<std::string> categories;
  std::vector<core::DefinitionText> files;
  std::set<std::string> faulty;  // those of them that have errors
  std::vector<core::DefinitionText> in_database;

  std::vector<std::string> event_names() const;
};

// Reads the folders of the layout, what --known names, and the database, if one is named.
KnownDefinitions read_known_definitions(const GenerateOptions &options);

}  // namespace internal_events::cli
