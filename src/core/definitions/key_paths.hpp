#pragma once

#include <vector>

#include "core/definitions/definition_file.hpp"

namespace internal_events::core {

// What a list of time frames appends to the written key path.
std::string suffix_of(const std::string &time_frame);

// The time frames of a metric, each with the key path that it is reported under.
std::vector<TimeFrame> time_frames_of(const nlohmann::json &metric);

// Reports time frames that are listed twice or that the metric's data source does not have.
void check_time_frames(DefinitionFile &file, const std::vector<TimeFrame> &time_frames);

// Reports key paths that another metric has, or that could be no value because they lead to other values.
void check_key_paths(DefinitionFile &file, const std::vector<TimeFrame> &time_frames, const Catalog &catalog);

}  // namespace internal_events::core
