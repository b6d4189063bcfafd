// The definitions that a dictionary is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/dictionary/model.hpp"

namespace internal_events::cli::dictionary {

// Reads and checks definition files, and reports what is wrong with them; nothing where one of them has an error.
std::optional<Dictionary> read_files(const std::vector<std::string> &paths);

// Reads what is loaded in a database, and what every installation has.
Dictionary read_loaded(Database &database);

}  // namespace internal_events::cli::dictionary
