#pragma once

#include "core/definitions/definition_file.hpp"

namespace internal_events::core {

// The key `instrumentation` of a file: checked, with its kind, and without what is empty; null where the file has none
// or its kind cannot be told. `has_bounds`: a time frame with a beginning is among those that it may be used for.
nlohmann::json read_calculation(DefinitionFile &file, bool has_bounds);

// Whether a calculation names key paths of other metrics.
bool has_components(const nlohmann::json &calculation);

// Reports where a metric and its calculation do not fit together.
void check_calculation_of_metric(DefinitionFile &file, const nlohmann::json &calculation);

// The key `options` of a file as canonical JSON; empty where it has none.
std::string canonical_options(const nlohmann::json &file);

}  // namespace internal_events::core
