#include "cli/commands.hpp"

namespace internal_events::cli {

void add_ping(CLI::App & /*app*/) {}

}  // namespace internal_events::cli
