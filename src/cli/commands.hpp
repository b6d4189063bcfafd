// The subcommands; each adds itself with its options, and what it does.
#pragma once

#include "cli/app.hpp"

namespace internal_events::cli {

void add_generate(CLI::App &app);
void add_validate(CLI::App &app);
void add_load(CLI::App &app);
void add_monitor(CLI::App &app);
void add_dictionary(CLI::App &app);
void add_ping(CLI::App &app);
void add_deliver(CLI::App &app);
void add_import_redis(CLI::App &app);
void add_migrate(CLI::App &app);
void add_status(CLI::App &app);
void add_completion(CLI::App &app);

}  // namespace internal_events::cli
