// Differences of files as patch(1) and git apply read them.
#pragma once

#include <string>

#include "cli/terminal.hpp"

namespace internal_events::cli {

// The difference of two texts of a file; `before` of a new file is null.
std::string unified_diff(const std::string &path, const std::string *before, const std::string &after,
                         const Style &style);

}  // namespace internal_events::cli
