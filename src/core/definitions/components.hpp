#pragma once

#include "core/definitions/definition_file.hpp"

namespace internal_events::core {

// The reported key paths that the components of a metric may stand for in its time frames, sorted.
std::vector<std::string> component_candidates(const nlohmann::json &metric, const std::vector<TimeFrame> &time_frames);

// Finds the components of a metric in each of its time frames, and reports those that do not fit.
void resolve_components(DefinitionFile &file, const nlohmann::json &calculation, std::vector<TimeFrame> &time_frames,
                        const Catalog &catalog);

}  // namespace internal_events::core
