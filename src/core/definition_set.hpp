// Checks definition files together, as a database does that loads them all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/definition_files.hpp"

namespace internal_events::core {

// A file, what it defines, and what is wrong with it.
struct CheckedFile {
  std::string path;
  std::string text;
  std::optional<Identity> identity;
  Problems problems;
  std::optional<EventDefinition> event;
  std::optional<MetricDefinition> metric;
  std::optional<InstrumentationDefinition> instrumentation;
};

// Checks definitions against each other and against what is known besides. They are returned in the order in which they
// can be loaded: events, instrumentations, then metrics, each after those that it is made of; files with errors last.
std::vector<CheckedFile> check_definitions(std::vector<DefinitionText> files, Catalog known, ParseOptions options = {});

}  // namespace internal_events::core
