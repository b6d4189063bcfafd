// What a call of generate is going to write.
#pragma once

#include <string>
#include <vector>

#include "cli/generate/known_definitions.hpp"
#include "cli/generate/options.hpp"
#include "core/generator/tracking_examples.hpp"

namespace internal_events::cli {

struct PlannedFile {
  std::string path;
  std::string text;
  bool replaces = false;  // a file that is there
};

struct Plan {
  std::vector<PlannedFile> files;
  std::vector<core::TrackingExample> examples;
  std::vector<core::ExampleMetric> metrics;
  std::vector<std::string> notes;  // what the user had better know
};

// Lays out the files. Refuses to overwrite without --force, and what no database would load: with all of its problems,
// which are printed.
Plan make_plan(const GenerateOptions &options, const KnownDefinitions &known);

// Writes all of the files, or none.
void write_files(const std::vector<PlannedFile> &files);

}  // namespace internal_events::cli
