#include "core/definitions/definition_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A metric that counts users of issue_created.
std::string uniques(const std::string &key_path, const std::string &time_frame = "28d") {
  return metric_yaml("events: [{name: issue_created, unique: user.id}]\n", time_frame, "internal_events", key_path);
}

// A metric that is made of others.
std::string sum_of(const std::string &key_path, const std::string &others) {
  return metric_yaml("instrumentation: {add: [" + others + "]}\n", "none", "system", key_path);
}

// A metric of one number.
std::string number(const std::string &key_path) {
  return metric_yaml("instrumentation: {sql: SELECT 7}\n", "none", "system", key_path);
}

std::string instrumentation(const std::string &more = "") {
  return "instrumentation_class: CountIssues\n" + more + "instrumentation: {operation: count, relation: issues}\n";
}

std::vector<std::string> paths_of(const std::vector<CheckedFile> &files) {
  std::vector<std::string> paths;
  for (const CheckedFile &file : files) paths.push_back(file.path);
  return paths;
}

// Every problem with the path of its file, a line each.
std::vector<std::string> problems_of(const std::vector<CheckedFile> &files) {
  std::vector<std::string> texts;
  for (const CheckedFile &file : files) {
    if (file.is_known) continue;
    for (const Problem &problem : file.problems) texts.push_back(file.path + ": " + to_text(problem));
  }
  return texts;
}

TEST(DefinitionSet, IsEmptyWithoutFiles) {
  EXPECT_THAT(check_definitions({}, {}), IsEmpty());
}

TEST(DefinitionSet, OrdersAsADatabaseLoads) {
  const auto files = check_definitions({{"a.yml", uniques("counts.users")},
                                        {"b.yml", "nothing: here"},
                                        {"c.yml", instrumentation()},
                                        {"d.yml", event_yaml("")}},
                                       {});
  EXPECT_THAT(paths_of(files), ElementsAre("d.yml", "c.yml", "a.yml", "b.yml"));
  EXPECT_TRUE(files[0].event && files[1].instrumentation && files[2].metric);
  EXPECT_EQ(files[2].metric->rules.size(), 1U);
  EXPECT_THAT(problems_of(files), ElementsAre(HasSubstr("b.yml: error 0 : neither an event definition")));
}

TEST(DefinitionSet, PutsFilesWithErrorsLast) {
  const auto files = check_definitions({{"a.yml", "action: [\n"}, {"b.yml", event_yaml("")}}, {});
  EXPECT_THAT(paths_of(files), ElementsAre("b.yml", "a.yml"));
}

TEST(DefinitionSet, ResolvesMetricsMadeOfOthersInAnyOrder) {
  std::vector<DefinitionText> files{{"0", number("chain.0")}};
  for (int n = 1; n < 8; ++n) {
    files.push_back({std::to_string(n), sum_of("chain." + std::to_string(n), "chain." + std::to_string(n - 1))});
  }
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(files.begin(), files.end(), random);
    const auto checked = check_definitions(files, {});
    EXPECT_THAT(problems_of(checked), IsEmpty());
    EXPECT_THAT(paths_of(checked), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
  }
}

TEST(DefinitionSet, RefusesMetricsMadeOfEachOther) {
  const auto files = check_definitions({{"a.yml", sum_of("a", "b")},
                                        {"b.yml", sum_of("b", "c")},
                                        {"c.yml", sum_of("c", "a")},
                                        {"d.yml", sum_of("d", "d")},
                                        {"e.yml", sum_of("e", "f")},
                                        {"f.yml", number("f")}},
                                       {});
  EXPECT_THAT(problems_of(files),
              UnorderedElementsAre(HasSubstr("a.yml: error 7 instrumentation.add[0]: \"b\" is not a known metric"),
                                   HasSubstr("b.yml: error 7 instrumentation.add[0]: \"c\" is not a known metric"),
                                   HasSubstr("c.yml: error 7 instrumentation.add[0]: \"a\" is not a known metric"),
                                   HasSubstr("d.yml: error 7 instrumentation.add[0]: \"d\" is the metric itself")));
}

TEST(DefinitionSet, AMetricIsMadeOfActiveOnesAlone) {
  std::string removed = number("a");
  removed.replace(removed.find("active"), 6, "removed");
  const auto files = check_definitions({{"a.yml", removed}, {"b.yml", sum_of("b", "a")}}, {});
  EXPECT_THAT(problems_of(files),
              ElementsAre(HasSubstr("b.yml: error 7 instrumentation.add[0]: \"a\" is not a known")));
}

TEST(DefinitionSet, AnUnknownEventNamesTheNearest) {
  const auto files = check_definitions(
      {{"e.yml", event_yaml("")},
       {"m.yml", metric_yaml("events:\n  - name: issue_craeted\n", "28d", "internal_events", "counts.issues")}},
      {});
  EXPECT_THAT(problems_of(files), ElementsAre("m.yml: error 8 events[0].name: \"issue_craeted\" is not a known event; "
                                              "load its definition first; did you mean \"issue_created\"?"));
}

TEST(DefinitionSet, RefusesTheSecondFileOfADefinition) {
  const auto files = check_definitions({{"a.yml", event_yaml("")},
                                        {"b.yml", event_yaml("category: other\n")},
                                        {"c.yml", number("n")},
                                        {"d.yml", number("n")},
                                        {"e.yml", instrumentation()},
                                        {"f.yml", instrumentation("options: {type: all}\n")},
                                        {"g.yml", instrumentation("options: {type: all}\n")}},
                                       {});
  EXPECT_THAT(problems_of(files),
              UnorderedElementsAre(
                  "b.yml: error 0 : event issue_created is defined in a.yml too; keep one of the files",
                  "d.yml: error 0 : metric n is defined in c.yml too; keep one of the files",
                  "g.yml: error 0 : instrumentation CountIssues {\"type\":\"all\"} is defined in f.yml too; keep one "
                  "of the files"));
}

TEST(DefinitionSet, AFileWithErrorsDoesNotKeepAnotherFromDefiningTheSame) {
  const auto files = check_definitions({{"a.yml", event_yaml("status: gone\n")},
                                        {"b.yml", event_yaml("")},
                                        {"c.yml", sum_of("n", "nowhere")},
                                        {"d.yml", number("n")}},
                                       {});
  EXPECT_THAT(problems_of(files),
              UnorderedElementsAre(HasSubstr("a.yml: error 3 status: "),
                                   "c.yml: error 0 : metric n is defined in d.yml too; keep one of the files"));
}

TEST(DefinitionSet, RefusesKeyPathsThatLieInEachOther) {
  const auto files = check_definitions({{"a.yml", number("counts.issues")},
                                        {"b.yml", number("counts.issues.closed")},
                                        {"c.yml", event_yaml("")},
                                        {"d.yml", uniques("users", "[7d, 28d]")},
                                        {"e.yml", number("users_weekly")}},
                                       {});
  EXPECT_THAT(problems_of(files),
              UnorderedElementsAre(HasSubstr("b.yml: error 1 key_path: \"counts.issues\" would have to be a value and "
                                             "an object at once"),
                                   HasSubstr("e.yml: error 1 key_path: \"users_weekly\" exists already")));
}

TEST(DefinitionSet, SaysWhatCannotBeRead) {
  const auto files = check_definitions({{"a.yml", std::nullopt},
                                        {"b.yml", "action: \"x\n"},
                                        {"c.yml", "- a\n- list\n"},
                                        {"d.yml", ""},
                                        {"e.yml", "action: x\ndescription: \xff\n"}},
                                       {});
  EXPECT_THAT(problems_of(files), ElementsAre("a.yml: error 0 : could not be read as UTF-8 text of at most 1 MiB",
                                              HasSubstr("b.yml: error 2 : is not YAML: "),
                                              HasSubstr("c.yml: error 0 : "), HasSubstr("d.yml: error 0 : "),
                                              HasSubstr("e.yml: error 2 : holds a byte that is not UTF-8")));
}

TEST(DefinitionSet, StrictMakesAnUnknownKeyAnError) {
  const std::vector<DefinitionText> files{{"a.yml", event_yaml("descripton: twice\n")}};
  EXPECT_THAT(problems_of(check_definitions(files, {})), ElementsAre(HasSubstr("a.yml: warning 3 descripton: ")));
  EXPECT_THAT(problems_of(check_definitions(files, {}, {.strict = true})),
              ElementsAre(HasSubstr("a.yml: error 3 descripton: ")));
}

TEST(DefinitionSet, BuiltInMetricsAreKnown) {
  const auto files =
      check_definitions({{"a.yml", sum_of("a", "database.size_bytes")}, {"b.yml", number("version")}}, {});
  EXPECT_THAT(problems_of(files), IsEmpty());
  std::string removed = number("database.size_bytes");
  removed.replace(removed.find("active"), 6, "removed");
  EXPECT_THAT(problems_of(check_definitions({{"a.yml", removed}, {"b.yml", sum_of("b", "database.size_bytes")}}, {})),
              ElementsAre(HasSubstr("b.yml: error 7 instrumentation.add[0]: ")));
}

TEST(DefinitionSet, FilesMayReferToWhatIsKnown) {
  const std::vector<DefinitionText> known{{"", event_yaml("")}, {"", number("n")}, {"", sum_of("of_file", "file")}};
  const auto files = check_definitions(
      {{"a.yml", uniques("users")}, {"b.yml", sum_of("b", "n, of_file")}, {"file.yml", number("file")}}, known);
  EXPECT_THAT(problems_of(files), IsEmpty());
  EXPECT_EQ(std::count_if(files.begin(), files.end(), [](const CheckedFile &file) { return file.is_known; }), 3);
}

TEST(DefinitionSet, AFileTakesThePlaceOfWhatIsKnown) {
  const std::vector<DefinitionText> known{{"", number("n")}, {"", number("taken")}};
  const auto files = check_definitions({{"a.yml", number("n")}, {"b.yml", number("taken.below")}}, known);
  EXPECT_THAT(problems_of(files),
              ElementsAre(HasSubstr("b.yml: error 1 key_path: \"taken\" would have to be a value")));
}

TEST(DefinitionSet, WhatIsWrongWithTheKnownIsNotAsked) {
  const auto files = check_definitions({{"a.yml", event_yaml("")}}, {{"", "neither"}, {"", event_yaml("status: x\n")}});
  EXPECT_THAT(problems_of(files), IsEmpty());
}

}  // namespace
}  // namespace internal_events::core
