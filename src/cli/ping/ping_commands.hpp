// The subcommands of `internal-events ping`.
#pragma once

#include "cli/command.hpp"

namespace internal_events::cli {

void add_ping_preview(Command ping);
void add_ping_build(Command ping);
void add_ping_export(Command ping);
void add_ping_send(Command ping);
void add_ping_status(Command ping);

}  // namespace internal_events::cli
