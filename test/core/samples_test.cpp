#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support.hpp"

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

TEST(Samples, LoadWithoutAnyProblem) {
  Catalog catalog = load_sample_events();
  std::set<std::string> used;
  for (const auto &path : yaml_files_below(definitions / "metrics")) {
    const auto parsed = parse_metric(file_text(path), catalog, {.strict = true});
    EXPECT_THAT(to_texts(parsed.problems), IsEmpty()) << path;
    if (!parsed.definition) continue;
    for (const TimeFrame &frame : parsed.definition->time_frames) {
      EXPECT_TRUE(catalog.key_paths.emplace(frame.key_path, parsed.definition->key_path).second) << frame.key_path;
    }
    for (const SelectionRule &rule : parsed.definition->rules) used.insert(rule.event);
  }
  EXPECT_EQ(used.size(), catalog.events.size()) << "an event that no metric counts shows nothing";
}

TEST(Samples, AreOfTheKindThatTheirFolderSays) {
  for (const auto &path : yaml_files_below(definitions / "events")) {
    EXPECT_EQ(kind_of(file_text(path)), Kind::event) << path;
  }
  for (const auto &path : yaml_files_below(definitions / "metrics")) {
    EXPECT_EQ(kind_of(file_text(path)), Kind::metric) << path;
  }
}

}  // namespace
}  // namespace internal_events::core
