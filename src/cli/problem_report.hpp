// Shows what is wrong with definition files.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/definitions/definition_set.hpp"

namespace internal_events::cli {

// Prints every problem in a format: text, github or json; their number goes to standard error. Returns whether there is
// an error among them.
bool report_problems(const std::vector<core::CheckedFile> &files, const std::string &format);

// Prints every problem for people to read, and nothing where there is none.
void print_problems(const std::vector<core::CheckedFile> &files);

// Every problem, as a list.
nlohmann::ordered_json problems_to_json(const std::vector<core::CheckedFile> &files);

}  // namespace internal_events::cli
