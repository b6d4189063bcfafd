#include "cli/commands.hpp"

namespace internal_events::cli {

void add_import_redis(CLI::App & /*app*/) {}

}  // namespace internal_events::cli
