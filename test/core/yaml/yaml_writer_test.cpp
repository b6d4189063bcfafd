#include "core/yaml/yaml_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/definitions/definition.hpp"
#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

TEST(YamlWriter, QuotesWhatWouldBeReadAsSomethingElse) {
  for (const char *text :
       {"",   " x",   "x ",         "16.6", "7",    "1e3", "0x1F", "null", "NULL", "~",   "yes", "No", "on",
        "y",  "true", "2026-01-01", "1:30", "x: y", "x:",  "x #y", "#x",   "- x",  "* x", "&x",  "!x", "[x",
        "{x", "'x",   "%x",         "@x",   "`x",   "|",   ">",    "?",    ",",    "---", "=",   "<<"}) {
    EXPECT_THAT(yaml_scalar(text), testing::AnyOf(testing::StartsWith("'"), testing::StartsWith("\""))) << text;
  }
  EXPECT_EQ(yaml_scalar("16.6"), "'16.6'");
}

TEST(YamlWriter, LeavesWordsAsTheyAre) {
  for (const char *text : {"user.id", "7d", "28d", "sum(value)", "It's \"so\", isn't it?", "https://x.example/-/7#8",
                           "Größe", "_x", "/x"}) {
    EXPECT_EQ(yaml_scalar(text), text);
  }
}

TEST(YamlWriter, HasKeysInTheOrderInWhichPeopleWriteThem) {
  const json metric = {{"data_source", "internal_events"},
                       {"description", "Issues: all"},
                       {"events", json::array({{{"name", "issue_created"}, {"filter", {{"label", "email"}}}}})},
                       {"key_path", "counts.issues"},
                       {"tiers", json::array()},
                       {"time_frame", {"7d", "all"}}};
  EXPECT_EQ(to_yaml(in_usual_order(metric)), R"(---
key_path: counts.issues
description: 'Issues: all'
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

TEST(YamlWriter, KeepsNumbersAndTruth) {
  EXPECT_EQ(to_yaml(in_usual_order(
                {{"filter", {{"value", 2.5}, {"label", "2.5"}}}, {"internal_events", true}, {"tier", nullptr}})),
            "---\nfilter:\n  label: '2.5'\n  value: 2.5\ninternal_events: true\ntier: null\n");
}

// What an event's description is read as.
std::string read_back(const std::string &description) {
  const nlohmann::ordered_json document = {{"action", "x"}, {"description", description}};
  const auto parsed = parse_event(to_yaml(document), {.strict = true});
  return parsed.definition ? nlohmann::json::parse(parsed.definition->json).at("description").get<std::string>()
                           : testing::PrintToString(to_texts(parsed.problems));
}

TEST(YamlWriter, IsReadBackAsItWas) {
  for (const char *text : {"",
                           " ",
                           "plain",
                           "a: b",
                           "a #b",
                           "it's",
                           "\"quoted\"",
                           "back\\slash",
                           "line\nline",
                           "\n",
                           "line\n",
                           "tab\tx",
                           "cr\r",
                           "Ünï ☃ 🦆",
                           "\u2028x\u2029",
                           "\ufeffx",
                           "- x",
                           "%x",
                           "null",
                           "12",
                           "x\\n",
                           "'",
                           "''",
                           "a'b\nc",
                           "{{ x }}",
                           "*x",
                           "a,b",
                           "[x]",
                           "x: ",
                           "trailing:",
                           "  indented\n  twice"}) {
    EXPECT_EQ(read_back(text), text);
  }
}

}  // namespace
}  // namespace internal_events::core
