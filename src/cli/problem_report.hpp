// Shows what is wrong with definition files.
#pragma once

#include <string>
#include <vector>

#include "core/definition_set.hpp"

namespace internal_events::cli {

// Prints every problem in a format: text, github or json; their number goes to standard error. Returns whether there is
// an error among them.
bool report_problems(const std::vector<core::CheckedFile> &files, const std::string &format);

}  // namespace internal_events::cli
