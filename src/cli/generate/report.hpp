// Shows what generate has made.
#pragma once

#include <iosfwd>

#include "cli/generate/plan.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {

// Prints the files with their text, as they are or will be, to a stream that people read.
void print_files(std::ostream &out, const Plan &plan, const Style &style);

// Prints which files were written, or with --dry-run their text, and the lines to paste.
void report_plan(const Plan &plan, const GenerateOptions &options);

}  // namespace internal_events::cli
