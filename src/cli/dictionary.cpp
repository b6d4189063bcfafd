#include "cli/commands.hpp"

namespace internal_events::cli {

void add_dictionary(CLI::App & /*app*/) {}

}  // namespace internal_events::cli
