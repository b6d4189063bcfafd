// Shows what loading definition files has changed.
#pragma once

#include <string>

#include "cli/definition_check.hpp"
#include "cli/load/changes.hpp"

namespace internal_events::cli {

struct ReportOptions {
  std::string database;
  bool dry_run = false;
  bool verbose = false;  // name what is unchanged too
  bool json = false;
};

// Prints each change, and every problem that is no reason to refuse a file; in words, their number goes to standard
// error.
void report_changes(const Changes &changes, const CheckedDefinitions &checked, const ReportOptions &options);

// Prints why files are refused.
void report_refusal(const CheckedDefinitions &checked, const ReportOptions &options);

}  // namespace internal_events::cli
