// The attributes of elements by which a browser tracks clicks: data-track-action and its like.
#pragma once

#include <vector>

#include "core/migration/source_calls.hpp"

namespace internal_events::core {

// Every element with such attributes, in markup or as a hash.
std::vector<SourceCall> find_track_attributes(const SourceText &source);

}  // namespace internal_events::core
