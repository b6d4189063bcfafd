// What a call of generate is going to write.
#pragma once

#include <string>
#include <vector>

#include "cli/generate/known_definitions.hpp"
#include "cli/generate/option_checks.hpp"
#include "cli/write_files.hpp"
#include "core/generator/tracking_examples.hpp"

namespace internal_events::cli {

struct Plan {
  std::vector<FileToWrite> files;
  std::vector<core::TrackingExample> examples;
  std::vector<core::ExampleMetric> metrics;
  std::vector<std::string> notes;  // what the user had better know
};

// Lays out the files. Refuses to overwrite without --force, and what no database would load: with all of its problems,
// which are printed.
Plan make_plan(const CheckedOptions &checked, const KnownDefinitions &known);

}  // namespace internal_events::cli
