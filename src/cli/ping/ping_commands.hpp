// The subcommands of `internal-events ping`.
#pragma once

#include "cli/command.hpp"

namespace internal_events::cli {

void add_ping_preview(CLI::App &ping);
void add_ping_build(CLI::App &ping);
void add_ping_export(CLI::App &ping);
void add_ping_send(CLI::App &ping);
void add_ping_status(CLI::App &ping);

}  // namespace internal_events::cli
