#pragma once

#include <vector>

#include "core/definitions/definition_file.hpp"

namespace internal_events::core {

// The event selection rules of a metric of data source internal_events, checked against the events that are known.
std::vector<SelectionRule> read_selection_rules(DefinitionFile &file, const Catalog &catalog);

}  // namespace internal_events::core
