#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::IsEmpty;

const std::filesystem::path definitions = std::filesystem::path(SOURCE_DIR) / "definitions";

// Loads the sample events, which must be faultless.
Catalog load_sample_events() {
  Catalog catalog;
  for (const auto &path : yaml_files_below(definitions / "events")) {
    const auto parsed = parse_event(file_text(path), {.strict = true});
    EXPECT_THAT(to_texts(parsed.problems), IsEmpty()) << path;
    if (!parsed.definition) continue;
    const auto &names = parsed.definition->additional_properties;
    catalog.events[parsed.definition->name] = {parsed.definition->removed, {names.begin(), names.end()}};
    EXPECT_EQ(parsed.definition->name + ".yml", path.filename().string());
  }
  return catalog;
}

// Adds what metrics that are made of a loaded one need to know of it.
void add_metric(const MetricDefinition &metric, Catalog &catalog) {
  const auto document = nlohmann::json::parse(metric.json);
  for (const TimeFrame &frame : metric.time_frames) {
    EXPECT_TRUE(catalog.key_paths.emplace(frame.key_path, metric.key_path).second) << frame.key_path;
    catalog.metrics[frame.key_path] = {.time_frame = frame.name,
                                       .value_type = document.at("value_type").get<std::string>(),
                                       .unique = metric.rules.empty() ? "" : metric.rules.front().unique,
                                       .counts_events = !metric.rules.empty()};
  }
}

// Loads metrics as load_definitions() does: by path, and again those that name others, while that helps. Returns the
// events that they count.
std::set<std::string> load_metrics(std::vector<std::filesystem::path> files, Catalog &catalog) {
  std::set<std::string> used;
  for (bool helped = true; helped && !files.empty();) {
    std::vector<std::filesystem::path> later;
    for (const auto &path : files) {
      const auto parsed = parse_metric(file_text(path), catalog, {.strict = true});
      if (!parsed.problems.empty() && parsed.problems.front().unresolved) {
        later.push_back(path);
        continue;
      }
      EXPECT_THAT(to_texts(parsed.problems), IsEmpty()) << path;
      if (!parsed.definition) continue;
      add_metric(*parsed.definition, catalog);
      for (const SelectionRule &rule : parsed.definition->rules) used.insert(rule.event);
    }
    helped = later.size() < files.size();
    files = std::move(later);
  }
  EXPECT_THAT(files, IsEmpty()) << "they name metrics that nobody defines";
  return used;
}

TEST(Samples, LoadWithoutAnyProblem) {
  Catalog catalog = load_sample_events();
  for (const auto &path : yaml_files_below(definitions / "instrumentations")) {
    EXPECT_THAT(to_texts(parse_instrumentation(file_text(path), {.strict = true}).problems), IsEmpty()) << path;
  }
  load_metrics(yaml_files_below(definitions / "built_in"), catalog);
  const std::set<std::string> used = load_metrics(yaml_files_below(definitions / "metrics"), catalog);
  EXPECT_EQ(used.size(), catalog.events.size()) << "an event that no metric counts shows nothing";
}

TEST(Samples, AreOfTheKindThatTheirFolderSays) {
  for (const auto &path : yaml_files_below(definitions / "events")) {
    EXPECT_EQ(kind_of(file_text(path)), Kind::event) << path;
  }
  for (const char *folder : {"metrics", "built_in"}) {
    for (const auto &path : yaml_files_below(definitions / folder)) {
      EXPECT_EQ(kind_of(file_text(path)), Kind::metric) << path;
    }
  }
  for (const auto &path : yaml_files_below(definitions / "instrumentations")) {
    EXPECT_EQ(kind_of(file_text(path)), Kind::instrumentation) << path;
  }
}

}  // namespace
}  // namespace internal_events::core
