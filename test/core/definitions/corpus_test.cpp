#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

namespace fs = std::filesystem;
using Findings = std::map<std::string, std::string>;  // "file, key" -> message

// What was found in the corpus.
struct Loaded {
  Catalog catalog;
  Findings errors;
  Findings warnings;
  std::set<std::string> repeated_key_paths;
  int events = 0;
  int metrics = 0;
};

fs::path corpus_folder() {
  const char *given = std::getenv("INTERNAL_EVENTS_CORPUS");
  return given != nullptr ? given : DEFAULT_CORPUS;
}

// Files the problems of one file under its name.
void collect(Loaded &loaded, const std::string &file, const Problems &problems) {
  for (const Problem &problem : problems) {
    Findings &findings = problem.severity == Severity::error ? loaded.errors : loaded.warnings;
    findings[file + ", " + problem.key] += to_text(problem) + "\n";
  }
}

void load_event(Loaded &loaded, const fs::path &path) {
  const auto parsed = parse_event(file_text(path));
  collect(loaded, path.filename(), parsed.problems);
  if (!parsed.definition) return;
  ++loaded.events;
  KnownEvent &known = loaded.catalog.events[parsed.definition->name];
  known.removed = parsed.definition->removed;
  // Fixtures define one event several times, each with other properties; their metrics use all of them.
  const auto &names = parsed.definition->additional_properties;
  known.additional_properties.insert(names.begin(), names.end());
}

void load_metric(Loaded &loaded, const fs::path &path) {
  const auto parsed = parse_metric(file_text(path), loaded.catalog);
  collect(loaded, path.filename(), parsed.problems);
  if (!parsed.definition) return;
  ++loaded.metrics;
  if (parsed.definition->status == "removed") return;
  for (const TimeFrame &frame : parsed.definition->time_frames) {
    const bool is_new = loaded.catalog.key_paths.emplace(frame.key_path, parsed.definition->key_path).second;
    if (!is_new) loaded.repeated_key_paths.insert(frame.key_path);
  }
}

// Loads events first, since metrics refer to them.
Loaded load_corpus(const fs::path &folder) {
  Loaded loaded;
  const fs::path fixtures = folder / "spec/fixtures/scripts/internal_events";
  for (const fs::path &root : {folder / "config/events", fixtures / "events"}) {
    for (const fs::path &file : yaml_files_below(root)) load_event(loaded, file);
  }
  for (const fs::path &root : {folder / "config/metrics", fixtures / "metrics"}) {
    for (const fs::path &file : yaml_files_below(root)) load_metric(loaded, file);
  }
  return loaded;
}

// Compares what was found with what is expected, in both directions, so that a stale exception fails too.
void expect_findings(const Findings &found, const Findings &reasons, const char *what) {
  for (const auto &[place, message] : found) {
    EXPECT_EQ(reasons.count(place), 1U) << "new " << what << " in " << place << ":\n" << message;
  }
  for (const auto &[place, reason] : reasons) {
    EXPECT_EQ(found.count(place), 1U) << "no longer a " << what << ": " << place << " (" << reason << ")";
  }
}

const Findings &expected_errors() {
  static const std::string unresolved = "GitLab defines the event in a file that the corpus does not hold";
  static const std::string no_fixture = "the generator's fixtures define the event in a file that the corpus lacks";
  static const Findings errors = {
      {"20210216175132_i_code_review_user_create_mr_monthly.yml, events[0].name", unresolved},
      {"20210216180334_g_edit_by_sfe_monthly.yml, events[0].name", unresolved},
      {"20210216180338_g_edit_by_snippet_ide_monthly.yml, events[0].name", unresolved},
      {"project_id_28d_multiple_events.yml, events[0].name", no_fixture},
      {"project_id_multiple_events.yml, events[0].name", no_fixture},
      {"total_multi_event_some_additional_props.yml, events[0].name", no_fixture},
      {"total_multiple_events_with_rename.yml, events[0].name", no_fixture},
      {"total_no_product_categories.yml, events[0].name", no_fixture},
      {"database_adapter.yml, key_path", "a draft of 2021 with full_path in place of key_path"},
      {"common.yml, ", "a list of aggregates in the form of 2021, not a metric"},
  };
  return errors;
}

const Findings &expected_warnings() {
  static const Findings warnings = {
      {"20210216181354_g_project_management_issue_related_weekly.yml, events[0].name",
       "the event's file is of a later year, in which it was removed"},
  };
  return warnings;
}

TEST(Corpus, LoadsButForKnownExceptions) {
  const fs::path folder = corpus_folder();
  if (!fs::exists(folder / "config")) {
    std::cout << "SKIPPED: no GitLab corpus at " << folder << "; INTERNAL_EVENTS_CORPUS names its folder\n";
    GTEST_SKIP() << "no GitLab corpus at " << folder;
  }
  const Loaded loaded = load_corpus(folder);
  expect_findings(loaded.errors, expected_errors(), "error");
  expect_findings(loaded.warnings, expected_warnings(), "warning");
  const std::string fixture = "redis_hll_counters.count_distinct_user_id_from_failed_usage_attempts_under_60s";
  // A metric that is loaded again replaces itself; only a loader of several files can tell that from a duplicate.
  EXPECT_THAT(loaded.repeated_key_paths,
              testing::ElementsAre("recorded_at", fixture + "_monthly", fixture + "_weekly", "uuid"));
  EXPECT_EQ(loaded.events, 70);
  EXPECT_EQ(loaded.metrics, 107);
  std::cout << loaded.events << " events and " << loaded.metrics << " metrics of the corpus loaded, "
            << loaded.errors.size() << " known exceptions\n";
}

}  // namespace
}  // namespace internal_events::core
