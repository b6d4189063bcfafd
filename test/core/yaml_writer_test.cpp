#include "core/yaml_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/definition.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

TEST(YamlWriter, HasKeysInTheOrderInWhichPeopleWriteThem) {
  const json metric = {{"data_source", "internal_events"},
                       {"description", "Issues: all"},
                       {"events", json::array({{{"name", "issue_created"}, {"filter", {{"label", "email"}}}}})},
                       {"key_path", "counts.issues"},
                       {"tiers", json::array()},
                       {"time_frame", {"7d", "all"}}};
  EXPECT_EQ(to_yaml(in_usual_order(metric)), R"(---
key_path: counts.issues
description: "Issues: all"
time_frame:
  - 7d
  - all
data_source: internal_events
tiers: []
events:
  - name: issue_created
    filter:
      label: email
)");
}

// What a definition says is the same when its YAML is read again.
TEST(YamlWriter, IsReadAsWhatItWas) {
  json event = {{"action", "x"}, {"description", ""}, {"additional_properties", json::object()}};
  for (const char *text :
       {"1.10",  "16", "true", "no",       "null", "~",  "",           " x ",  "a\nb\n", "- a", "a: b", "#a", "'q'",
        "\"q\"", "\t", "{",    "\xc3\xa4", "0x1F", ".5", "2026-11-21", "!tag", "&a",     "*a",  "@",    "`"}) {
    event["additional_properties"][std::string("p") + std::to_string(event["additional_properties"].size())] = {
        {"description", text}};
    event["milestone"] = text;
    const Parsed<EventDefinition> parsed = parse_event(to_yaml(in_usual_order(event)));
    ASSERT_TRUE(parsed.definition) << text << ": " << parsed.problems.front().message;
    EXPECT_EQ(json::parse(parsed.definition->json), event) << to_yaml(in_usual_order(event));
  }
}

TEST(YamlWriter, KeepsNumbersAndTruth) {
  EXPECT_EQ(to_yaml(in_usual_order(
                {{"filter", {{"value", 2.5}, {"label", "2.5"}}}, {"internal_events", true}, {"tier", nullptr}})),
            "---\nfilter:\n  label: '2.5'\n  value: 2.5\ninternal_events: true\ntier: null\n");
}

}  // namespace
}  // namespace internal_events::core
