#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The catalog of an installation with unique metrics a, b (user.id) and c (project.id) of all time frames, total metric
// counts.total, text metric counts.text, and counts.single of 7d alone.
Catalog catalog_of_metrics() {
  Catalog catalog = sample_catalog();
  const auto add = [&](const std::string &key_path, const std::string &unique) {
    catalog.metrics[key_path + "_weekly"] = {"7d", "number", unique, true};
    catalog.metrics[key_path + "_monthly"] = {"28d", "number", unique, true};
    catalog.metrics[key_path] = {"all", "number", unique, true};
  };
  add("counts.a", "user.id");
  add("counts.b", "user.id");
  add("counts.c", "project.id");
  add("counts.total", "");
  catalog.metrics["counts.text"] = {"none", "string", "", false};
  catalog.metrics["counts.single"] = {"7d", "number", "user.id", true};
  return catalog;
}

// A metric whose components begin on line 9.
std::string metric_of(const std::string &key, const std::string &components, const std::string &time_frame = "all") {
  return metric_yaml("instrumentation:\n  " + key + ":\n" + components, time_frame, "internal_events", "counts.whole");
}

Problems found_in(const std::string &yaml) {
  return parse_metric(yaml, catalog_of_metrics()).problems;
}

std::vector<std::string> component_problems(const std::string &yaml) {
  return to_texts(found_in(yaml));
}

const std::string a_and_b = "  - counts.a\n  - counts.b\n";

TEST(Components, AreResolvedInEachTimeFrame) {
  const auto parsed = parse_metric(metric_of("union", a_and_b, "[7d, 28d, all]"), catalog_of_metrics());
  ASSERT_TRUE(parsed.definition) << testing::PrintToString(to_texts(parsed.problems));
  EXPECT_EQ(parsed.definition->instrumentation, R"({"kind":"aggregate","union":["counts.a","counts.b"]})");
  EXPECT_THAT(parsed.definition->rules, IsEmpty());
  ASSERT_THAT(parsed.definition->time_frames, testing::SizeIs(3));
  EXPECT_THAT(parsed.definition->time_frames[0].components, ElementsAre("counts.a_weekly", "counts.b_weekly"));
  EXPECT_THAT(parsed.definition->time_frames[1].components, ElementsAre("counts.a_monthly", "counts.b_monthly"));
  EXPECT_THAT(parsed.definition->time_frames[2].components, ElementsAre("counts.a", "counts.b"));
}

TEST(Components, AreTheKeyPathItselfOrThatOfAListOfTimeFrames) {
  Catalog catalog;
  catalog.metrics["a"] = {"28d", "number", "user.id", true};
  catalog.metrics["b_weekly"] = {"7d", "number", "user.id", true};
  EXPECT_EQ(resolve_component("a", "28d", catalog), "a");
  EXPECT_EQ(resolve_component("a", "7d", catalog), "a");
  EXPECT_EQ(resolve_component("b", "7d", catalog), "b_weekly");
  EXPECT_EQ(resolve_component("b_weekly", "7d", catalog), "b_weekly");
  EXPECT_EQ(resolve_component("b", "28d", catalog), std::nullopt);
  EXPECT_EQ(resolve_component("b", "all", catalog), std::nullopt);
}

TEST(Components, AreWantedFromTheCatalog) {
  EXPECT_THAT(catalog_needs(metric_of("add", "  - b\n  - a\n  - [c]\n", "[7d, 28d, all]")).components,
              ElementsAre("a", "a_monthly", "a_weekly", "b", "b_monthly", "b_weekly"));
  EXPECT_THAT(catalog_needs(metric_of("intersect", "  - b\n  - a\n", "28d")).components,
              ElementsAre("a", "a_monthly", "b", "b_monthly"));
  EXPECT_THAT(catalog_needs("instrumentation: [a]\nkey_path: a\ntime_frame: 7d\n").components, IsEmpty());
}

TEST(Components, ThatAreUnknownMayComeLater) {
  const Problems problems = found_in(metric_of("union", "  - counts.a\n  - counts.bb\n  - counts.zzzzzz\n", "28d"));
  EXPECT_THAT(to_texts(problems),
              ElementsAre("error 10 instrumentation.union[1]: \"counts.bb\" is not a known metric, nor is "
                          "\"counts.bb_monthly\"; load its definition first; did you mean \"counts.b\"?",
                          "error 11 instrumentation.union[2]: \"counts.zzzzzz\" is not a known metric, nor is "
                          "\"counts.zzzzzz_monthly\"; load its definition first"));
  EXPECT_THAT(problems, testing::Each(testing::Field(&Problem::unresolved, true)));
  EXPECT_THAT(component_problems(metric_of("add", "  - counts.bb\n")),
              ElementsAre("error 9 instrumentation.add[0]: \"counts.bb\" is not a known metric; load its definition "
                          "first; did you mean \"counts.b\"?"));
}

TEST(Components, OtherProblemsStayWhatIsLoaded) {
  EXPECT_THAT(found_in(metric_of("add", "  - counts.text\n")),
              ElementsAre(testing::Field(&Problem::unresolved, false)));
}

TEST(Components, AreOtherMetrics) {
  const std::string message = " is the metric itself; name other metrics";
  EXPECT_THAT(component_problems(metric_of("add", "  - counts.whole\n", "[7d]")),
              ElementsAre("error 9 instrumentation.add[0]: \"counts.whole\"" + message));
  EXPECT_THAT(component_problems(metric_of("add", "  - counts.whole_weekly\n", "[7d]")),
              ElementsAre("error 9 instrumentation.add[0]: \"counts.whole_weekly\"" + message));
}

TEST(Components, AreListedOnce) {
  EXPECT_THAT(component_problems(metric_of("add", "  - counts.a\n  - counts.a\n")),
              ElementsAre("error 10 instrumentation.add[1]: \"counts.a\" is listed a second time; keep one"));
}

TEST(Components, OfSumsAreNumbers) {
  EXPECT_THAT(
      component_problems(metric_of("add", "  - counts.total\n  - counts.text\n")),
      ElementsAre("error 10 instrumentation.add[1]: \"counts.text\" has the value type string; only numbers can "
                  "be added"));
}

TEST(Components, OfAggregatesCountUniques) {
  EXPECT_THAT(component_problems(metric_of("union", "  - counts.total\n")),
              ElementsAre("error 9 instrumentation.union[0]: \"counts.total\" does not count unique event properties; "
                          "only metrics whose events have unique can be united"));
}

TEST(Components, OfAggregatesHaveOneIdentifier) {
  EXPECT_THAT(component_problems(metric_of("intersect", "  - counts.a\n  - counts.c\n", "[7d, 28d]")),
              ElementsAre("error 10 instrumentation.intersect[1]: \"counts.c_weekly\" counts unique project.id, and "
                          "\"counts.a_weekly\" counts unique user.id; two kinds of identifier cannot be intersected"));
}

TEST(Components, OfAggregatesHaveTheTimeFrame) {
  EXPECT_THAT(component_problems(metric_of("union", "  - counts.single\n", "[7d, 28d]")),
              ElementsAre("error 9 instrumentation.union[0]: \"counts.single\" has the time frame 7d, not 28d; name a "
                          "metric that has the same time frame"));
}

TEST(Components, OfARemovedMetricAreNotLookedFor) {
  std::string yaml = metric_of("union", "  - nothing\n");
  yaml.replace(yaml.find("active"), 6, "removed");
  EXPECT_THAT(component_problems(yaml), IsEmpty());
}

TEST(Aggregate, IsAUnionOrAnIntersection) {
  EXPECT_THAT(component_problems(metric_of("union", a_and_b + "  intersect:\n" + a_and_b)),
              ElementsAre("error 11 instrumentation.intersect: cannot be used together with union; remove one of the "
                          "two"));
  EXPECT_THAT(component_problems(metric_yaml("instrumentation:\n  kind: aggregate\n", "all")),
              ElementsAre("error 7 instrumentation.union: is missing; kind aggregate needs union or intersect"));
}

TEST(Aggregate, IsOfAFewComponents) {
  EXPECT_THAT(component_problems(metric_of("intersect", "  - counts.a\n")),
              ElementsAre("error 8 instrumentation.intersect: is too short; it must be a list of two to five key "
                          "paths"));
  EXPECT_THAT(component_problems(metric_yaml("instrumentation:\n  union: []\n", "all")),
              ElementsAre("error 8 instrumentation.union: is an empty list; it must be a list of key paths"));
  EXPECT_THAT(
      component_problems(metric_of("union", "  - a b\n")),
      testing::Contains("error 9 instrumentation.union[0]: the text \"a b\" is not allowed; allowed: a key path "
                        "such as counts.issues_created"));
}

TEST(Aggregate, HasATimeFrame) {
  EXPECT_THAT(component_problems(metric_yaml("instrumentation:\n  union:\n  - counts.a\n", "none", "database")),
              testing::Contains("error 5 time_frame: \"none\" is not a time frame that an instrumentation of kind "
                                "aggregate has; allowed is one of: 7d, 28d, all"));
}

TEST(Aggregate, IsANumber) {
  for (const std::string key : {"add", "union"}) {
    std::string yaml = metric_of(key, "  - counts.a\n");
    yaml.replace(yaml.find("number"), 6, "string");
    EXPECT_THAT(component_problems(yaml),
                ElementsAre("error 3 value_type: must be number, because an instrumentation of kind " +
                            std::string(key == "add" ? "numbers" : "aggregate") + " results in one"));
  }
}

TEST(Aggregate, OfOtherKindsDoNotReplaceEvents) {
  EXPECT_THAT(
      component_problems(metric_yaml("instrumentation:\n  sql: SELECT 1\n")),
      ElementsAre("error 0 events: is missing or empty; a metric on internal_events lists the events it counts"));
}

}  // namespace
}  // namespace internal_events::core
