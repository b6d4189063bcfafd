// Checks definition files together, as a database does that loads them all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/definitions/definition.hpp"
#include "core/definitions/definition_files.hpp"

namespace internal_events::core {

// A file, what it defines, and what is wrong with it.
struct CheckedFile {
  std::string path;
  std::string name = {};  // of a JSON Schema: the path that metrics name it by
  std::string text;
  std::optional<Identity> identity;
  Problems problems;
  std::optional<EventDefinition> event;
  std::optional<MetricDefinition> metric;
  std::optional<InstrumentationDefinition> instrumentation;
  bool is_known = false;  // others may refer to it, but nobody asked what is wrong with it
};

// Checks definitions against each other, against built-in metrics, and against what is known besides, of which a
// definition takes the place that it defines anew. They are returned in the order in which they can be loaded: events,
// instrumentations, then metrics, each after those that it is made of; files with errors last. What is known is among
// them, marked as such.
std::vector<CheckedFile> check_definitions(std::vector<DefinitionText> files, std::vector<DefinitionText> known,
                                           ParseOptions options = {});

}  // namespace internal_events::core
