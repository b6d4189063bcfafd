// The subcommands; each adds itself with its options, and what it does.
#pragma once

#include "cli/command.hpp"

namespace internal_events::cli {

void add_generate(Command app);
void add_validate(Command app);
void add_load(Command app);
void add_monitor(Command app);
void add_dictionary(Command app);
void add_ping(Command app);
void add_deliver(Command app);
void add_import_redis(Command app);
void add_migrate(Command app);
void add_status(Command app);
void add_completion(Command app);

}  // namespace internal_events::cli
