// What the subcommands of internal-events are made of.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "cli/failure.hpp"

namespace internal_events::cli {

// A subcommand, whose help ends with examples, a line each.
CLI::App *add_command(CLI::App &app, const std::string &name, const std::string &summary, const std::string &examples);

// Says what a subcommand does when its arguments have been read.
void on_run(CLI::App *command, std::function<Exit()> run);

// The option -d, --dbname: where the database is.
void add_dbname(CLI::App *command, std::string &dbname);

// The same where a database is asked only if the option is there, and what for.
void add_dbname(CLI::App *command, std::optional<std::string> &dbname, const std::string &purpose);

// The option --json: the answer as JSON, for scripts.
void add_json(CLI::App *command, bool &json);

}  // namespace internal_events::cli
