// Says what a migration has done, and what it leaves to somebody.
#pragma once

#include <iosfwd>
#include <map>
#include <string>

#include "cli/migrate/source_scan.hpp"
#include "cli/terminal.hpp"
#include "core/migration/migration.hpp"

namespace internal_events::cli {

struct MigrationReport {
  bool is_dry_run = false;
  core::MigrationPlan plan;
  SourceScan scan;
  std::map<std::string, std::string> undefined_events;  // and where each is tracked first
  std::string diff;                                     // of a dry run
};

// Whether something is left that somebody has to do.
bool needs_hand(const MigrationReport &report);

void print_report(std::ostream &out, const MigrationReport &report, const Style &style);
void print_report_as_json(const MigrationReport &report);

// One line with the numbers, to standard error.
void print_summary(const MigrationReport &report);

}  // namespace internal_events::cli
