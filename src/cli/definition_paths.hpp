// Definition files that are named on the command line, by themselves or by a folder.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "core/definitions/definition_files.hpp"

namespace internal_events::cli {

// What was found: definitions, and JSON Schemas of values.
struct DefinitionTexts {
  std::vector<core::DefinitionText> definitions;
  std::vector<core::DefinitionText> schemas;
};

// The arguments PATH..., of which there has to be one.
void add_paths(Command command, std::vector<std::string> &paths);

// Reads every file that paths lead to, each once; refuses a path that leads nowhere.
DefinitionTexts read_definitions(const std::vector<std::string> &paths);

}  // namespace internal_events::cli
