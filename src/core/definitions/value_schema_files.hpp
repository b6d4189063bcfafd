// The JSON Schemas of values among definition files.
#pragma once

#include <string>
#include <vector>

#include "core/definitions/definition_set.hpp"

namespace internal_events::core {

// Whether value_json_schema of a metric means a file: one of both paths ends with the other.
bool is_path_of(const std::string &path, const std::string &reference);

// Checks those JSON files that one of the metrics names by value_json_schema, and leaves out the others. A file's
// `name` is the path that metrics name it by.
std::vector<CheckedFile> check_value_schemas(std::vector<DefinitionText> files,
                                             const std::vector<CheckedFile> &definitions);

}  // namespace internal_events::core
