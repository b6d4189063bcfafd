// Options that several subcommands have.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"

namespace internal_events::cli {

// The option -d, --dbname: where the database is.
void add_dbname(Command command, std::string &dbname);

// The same where a database is asked only if the option is there, and what for.
void add_dbname(Command command, std::optional<std::string> &dbname, const std::string &purpose);

// The option --json: the answer as JSON, for scripts.
void add_json(Command command, bool &json);

}  // namespace internal_events::cli
