// What --help shows, and what is said of arguments that were not understood.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/failure.hpp"

namespace internal_events::cli {

// Lets a command and those that are added to it show their help in our form.
void set_help_format(CLI::App &app);

// Why arguments were not understood, and where to read what would be.
Failure usage_failure(const CLI::App &app, const CLI::ParseError &error, const std::vector<std::string> &arguments);

}  // namespace internal_events::cli
