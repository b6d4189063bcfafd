// What the monitor prints where there is no screen: one look, or a line for each thing that happens.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/monitor/board.hpp"
#include "cli/monitor/feed.hpp"

namespace internal_events::cli::monitor {

// Prints a look as two tables.
void print_look(std::ostream &out, const Look &look);

// Prints a look as one JSON document.
void print_json(std::ostream &out, const Look &look, const std::vector<std::string> &names);

// Prints each new event and each metric that changes, a line each, until the process is ended; what is amiss goes to
// standard error.
[[noreturn]] void follow(Feed &feed, Board board, bool is_json);

}  // namespace internal_events::cli::monitor
