#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const std::string one_event = "events:\n- name: issue_created\n";

// The problems of a metric file, beside the sample catalog and some key paths of other metrics.
std::vector<std::string> metric_problems(const std::string &yaml, std::map<std::string, std::string> key_paths = {}) {
  Catalog catalog = sample_catalog();
  catalog.key_paths = std::move(key_paths);
  return to_texts(parse_metric(yaml, catalog).problems);
}

// The definition in a metric file that must be valid.
MetricDefinition metric_definition(const std::string &yaml) {
  const auto parsed = parse_metric(yaml, sample_catalog());
  EXPECT_TRUE(parsed.definition) << testing::PrintToString(to_texts(parsed.problems));
  return parsed.definition.value_or(MetricDefinition{});
}

// The key paths that a metric file is reported under.
std::vector<std::string> reported(const MetricDefinition &metric) {
  std::vector<std::string> frames;
  for (const TimeFrame &frame : metric.time_frames) frames.push_back(frame.name + " " + frame.key_path);
  return frames;
}

TEST(Metric, NeedsSixKeys) {
  const auto parsed = parse_metric("product_group: x\n", {});
  EXPECT_FALSE(parsed.definition);
  EXPECT_THAT(
      to_texts(parsed.problems),
      testing::UnorderedElementsAre(
          StartsWith("error 0 key_path: is missing"), StartsWith("error 0 description: is missing"),
          "error 0 value_type: is missing; it must be one of: number, string, boolean, object",
          StartsWith("error 0 status: is missing; it must be one of: active, broken, removed"),
          "error 0 time_frame: is missing; it must be 7d, 28d, all or none, or a list of some of 7d, 28d and all",
          StartsWith("error 0 data_source: is missing; it must be one of: internal_events, database, ")));
}

TEST(Metric, SaysWhatAnEnumerationAllows) {
  EXPECT_THAT(
      metric_problems(metric_yaml("data_category: option\nvalue_json_schema: [a]\n", "28d", "databse")),
      ElementsAre(
          "error 6 data_source: the text \"databse\" is not allowed; allowed is one of: internal_events, "
          "database, system, prometheus, license, redis, redis_hll, ruby; did you mean \"database\"?",
          StartsWith("error 7 data_category: the text \"option\" is not allowed; allowed is one of: operational"),
          "error 8 value_json_schema: must be text or a mapping or empty, not a list"));
}

TEST(Metric, OlderWordsOfStatusMeanActive) {
  for (const char *word : {"data_available", "implemented"}) {
    const MetricDefinition metric =
        metric_definition("key_path: a\ndescription: b\nvalue_type: number\nstatus: " + std::string(word) +
                          "\ntime_frame: none\ndata_source: ruby\n");
    EXPECT_EQ(metric.status, "active");
    EXPECT_EQ(nlohmann::json::parse(metric.json).at("status"), word);
  }
}

TEST(Metric, KeepsRetiredKeysInItsJson) {
  const MetricDefinition metric = metric_definition(metric_yaml(
      "tier: [free, gold]\ndistribution: [ce]\nname: x\nskip_validation: true\nmilestone: 16.10\noptions:\n  "
      "older_than:\ninstrumentation: {sql: select 1}\nproduct_category:\nstage: growth\ngroup: group::x\n",
      "all", "database"));
  const auto json = nlohmann::json::parse(metric.json);
  EXPECT_EQ(json.at("tier").dump(), R"(["free","gold"])");
  EXPECT_EQ(json.at("milestone"), "16.10");
  EXPECT_TRUE(json.at("options").at("older_than").is_null());
}

// There a mistyped key would count something else.
TEST(Metric, UnknownKeysOfRulesAreErrors) {
  for (const auto &[key, meant] : {std::pair{"filters: {label: a}", "filter"}, {"uniqe: user.id", "unique"}}) {
    const std::string name(key, std::string(key).find(':'));
    EXPECT_THAT(metric_problems(metric_yaml("events:\n- name: issue_created\n  " + std::string(key) + "\n")),
                ElementsAre("error 9 events[0]." + name +
                            ": is not a key that any version of the format knows; did you mean \"" + meant + "\"?"));
  }
}

TEST(Metric, MergeKeysAreRefusedByName) {
  const std::string refused = "error 9 : a merge key (<<) is not supported; write the keys out that it stands for";
  for (const char *rule : {"<<: {unique: user.id}", "filter: {<<: {label: a}}", "filter:\n    <<: [{label: a}]"}) {
    EXPECT_THAT(metric_problems(metric_yaml("events:\n- name: issue_created\n  " + std::string(rule) + "\n")),
                ElementsAre(testing::AnyOf(refused, "error 10" + refused.substr(7))));
  }
}

TEST(Metric, KeyPathsAreDottedNames) {
  EXPECT_THAT(metric_definition(metric_yaml("", "all", "database", "a.B_1.c2")).key_path, "a.B_1.c2");
  for (const char *bad : {"a..b", ".a", "a.", "a b", "'a\n\n  b'"}) {
    EXPECT_THAT(metric_problems(metric_yaml("", "all", "database", bad)),
                ElementsAre(StartsWith("error 1 key_path: the text ")))
        << bad;
  }
}

TEST(TimeFrames, AScalarAppendsNothing) {
  EXPECT_THAT(reported(metric_definition(metric_yaml(one_event, "7d"))), ElementsAre("7d counts.issues"));
}

TEST(TimeFrames, AListMakesAKeyPathForEach) {
  EXPECT_THAT(reported(metric_definition(metric_yaml(one_event, "[28d, all, 7d]"))),
              ElementsAre("28d counts.issues_monthly", "all counts.issues", "7d counts.issues_weekly"));
}

TEST(TimeFrames, AllIsAllowedForUniques) {
  EXPECT_THAT(metric_problems(metric_yaml("events:\n- name: issue_created\n  unique: user.id\n", "[7d, all]")),
              IsEmpty());
}

TEST(TimeFrames, NoneIsRefusedWhereTheSourceHasItNot) {
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "none")),
              ElementsAre("error 5 time_frame: \"none\" is not a time frame that the data source internal_events has; "
                          "allowed is one of: 7d, 28d, all"));
  EXPECT_THAT(metric_problems(metric_yaml("", "none", "redis_hll")), testing::SizeIs(1));
  EXPECT_THAT(metric_problems(metric_yaml("", "none", "redis")), testing::SizeIs(1));
  EXPECT_THAT(metric_problems(metric_yaml("", "7d", "system")), testing::SizeIs(1));
  EXPECT_THAT(metric_problems(metric_yaml("", "none", "database")), IsEmpty());
  EXPECT_THAT(metric_problems(metric_yaml("", "none", "system")), IsEmpty());
}

TEST(TimeFrames, WrongOnesAreNamed) {
  const std::string allowed = "7d, 28d, all or none, or a list of some of 7d, 28d and all";
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "14d")),
              ElementsAre("error 5 time_frame: the text \"14d\" is not allowed; allowed: " + allowed));
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "[]")),
              ElementsAre("error 5 time_frame: is an empty list; it must be " + allowed));
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "\n- 7d\n- none\n- 7d")),
              ElementsAre("error 7 time_frame[1]: the text \"none\" is not allowed; allowed is one of: 7d, 28d, all",
                          "error 8 time_frame[2]: \"7d\" is listed a second time; keep one"));
}

TEST(KeyPaths, OfAnotherMetricAreTaken) {
  EXPECT_THAT(
      metric_problems(metric_yaml(one_event, "[7d, all]"), {{"counts.issues_weekly", "counts.issues_weekly"}}),
      ElementsAre("error 1 key_path: \"counts.issues_weekly\" exists already: the metric \"counts.issues_weekly\" "
                  "reports it; choose another key path"));
}

TEST(KeyPaths, OfTheSameMetricMayComeAgain) {
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "[7d, all]"),
                              {{"counts.issues_weekly", "counts.issues"}, {"counts.issues", "counts.issues"}}),
              IsEmpty());
}

TEST(KeyPaths, CannotBeAValueAndAnObject) {
  EXPECT_THAT(metric_problems(metric_yaml(one_event), {{"counts", "counts"}}),
              ElementsAre("error 1 key_path: \"counts\" would have to be a value and an object at once, because "
                          "\"counts.issues\" lies below it; choose a key path beside it"));
  EXPECT_THAT(metric_problems(metric_yaml(one_event), {{"counts.issues.open.old", "x"}}),
              ElementsAre("error 1 key_path: \"counts.issues\" would have to be a value and an object at once, because "
                          "\"counts.issues.open.old\" lies below it; choose a key path beside it"));
  EXPECT_THAT(
      metric_problems(metric_yaml(one_event), {{"counts.issues_open", "x"}, {"count", "y"}, {"counts.issue", "z"}}),
      IsEmpty());
}

TEST(KeyPaths, AMetricThatMovesDoesNotConflictWithItself) {
  EXPECT_THAT(metric_problems(metric_yaml(one_event, "7d", "internal_events", "counts"), {{"counts.x", "counts"}}),
              IsEmpty());
}

TEST(RemovedMetric, IsNotHeldAgainstTheCatalog) {
  const std::string yaml =
      "key_path: counts.issues\ndescription: Issues\nvalue_type: number\nstatus: removed\ntime_frame: 7d\n"
      "data_source: internal_events\nevents:\n- name: unknown\n- name: other\n  unique: user.id\n";
  EXPECT_THAT(metric_problems(yaml, {{"counts.issues", "new_owner"}, {"counts", "counts"}}), IsEmpty());
  const MetricDefinition metric = metric_definition(yaml);
  EXPECT_EQ(metric.status, "removed");
  EXPECT_THAT(metric.rules, IsEmpty());
  EXPECT_THAT(metric_problems(yaml + "  filter: [a]\n"),
              ElementsAre("error 11 events[1].filter: must be a mapping or empty, not a list"));
}

TEST(CatalogNeeds, AreEventsAndReportedKeyPaths) {
  const CatalogNeeds needs = catalog_needs(
      metric_yaml("events:\n- name: b\n- name: a\n  unique: x\n- name: b\n- 5\n- name: 16.10\n", "[7d, all]"));
  EXPECT_THAT(needs.events, ElementsAre("16.10", "a", "b"));
  EXPECT_THAT(needs.key_paths, ElementsAre("counts.issues_weekly", "counts.issues"));
}

TEST(CatalogNeeds, AreEmptyForWhatCannotBeRead) {
  for (const char *yaml :
       {"", "- a", "a: [", "events: 5", "events: {name: a}", "time_frame: 7d\nkey_path: [a]", "\xff"}) {
    EXPECT_THAT(catalog_needs(yaml).events, IsEmpty()) << yaml;
    EXPECT_THAT(catalog_needs(yaml).key_paths, IsEmpty()) << yaml;
  }
}

TEST(Identity, NamesWhatAFileDefines) {
  EXPECT_EQ(identify(event_yaml(""))->name, "issue_created");
  EXPECT_EQ(identify(metric_yaml(""))->name, "counts.issues");
  EXPECT_EQ(identify("description: x\nidentifiers: [user]\n")->name, "");
}

TEST(Identity, KnowsTheKindByTheKeys) {
  EXPECT_EQ(kind_of(event_yaml("")), Kind::event);
  EXPECT_EQ(kind_of("description: x\nidentifiers: [user]\n"), Kind::event);
  EXPECT_EQ(kind_of(metric_yaml("")), Kind::metric);
  EXPECT_EQ(kind_of("full_path: {generation_1: a}\ndata_source: database\nname: x\n"), Kind::metric);
  EXPECT_EQ(kind_of("- name: aggregate\n  events: [a]\n"), std::nullopt);
  EXPECT_EQ(kind_of("'{event_counters}_a-filter:[label:b]': OLD\na-user: b\n"), std::nullopt);
  EXPECT_EQ(kind_of(""), std::nullopt);
  EXPECT_EQ(kind_of("action: [\n"), std::nullopt);
}

}  // namespace
}  // namespace internal_events::core
