#pragma once

#include <optional>
#include <string>
#include <vector>

namespace internal_events::core {

// What is wrong with a JSON Schema that a user gave for the values of a metric, if anything. Drafts 7, 4 and 3 are
// taken. References within the schema are followed, unless they lead back to where they stand; others are never
// fetched. `format` is an annotation here; `pattern` and `patternProperties` are refused.
std::optional<std::string> schema_fault(const std::string &schema_text);

// What is wrong with a value according to such a schema: "/place/in/value: sentence" each; the whole value is "/".
std::vector<std::string> value_faults(const std::string &schema_text, const std::string &value_text);

}  // namespace internal_events::core
