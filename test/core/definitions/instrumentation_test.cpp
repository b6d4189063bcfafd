#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A metric whose instrumentation begins on line 7, with its keys from line 8 on.
std::string metric_with(const std::string &keys, const std::string &time_frame = "all") {
  return metric_yaml("instrumentation:\n" + keys, time_frame, "database");
}

std::string with_value_type(std::string yaml, const std::string &value_type) {
  return yaml.replace(yaml.find("number"), 6, value_type);
}

std::vector<std::string> instrumentation_problems(const std::string &yaml) {
  return to_texts(parse_metric(yaml, {}).problems);
}

// The canonical instrumentation of a metric that must be valid.
std::string canonical(const std::string &yaml) {
  const auto parsed = parse_metric(yaml, {});
  EXPECT_THAT(to_texts(parsed.problems), IsEmpty());
  return parsed.definition ? parsed.definition->instrumentation : "";
}

const std::string count_of_issues = "  operation: count\n  relation: issues\n";

TEST(Instrumentation, IsOptional) {
  EXPECT_EQ(canonical(metric_yaml("", "all", "database")), "");
  EXPECT_EQ(canonical(metric_yaml("instrumentation:\n", "all", "database")), "");
}

TEST(Instrumentation, KindIsToldByTheKeys) {
  EXPECT_EQ(canonical(metric_with(count_of_issues)), R"({"kind":"database","operation":"count","relation":"issues"})");
  EXPECT_EQ(canonical(metric_with("  sql: SELECT 1\n")), R"({"kind":"generic","sql":"SELECT 1"})");
  EXPECT_EQ(canonical(metric_with("  setting: max_connections\n")),
            R"({"kind":"setting","setting":"max_connections"})");
  EXPECT_EQ(canonical(metric_with("  query: up\n")), R"({"kind":"prometheus","query":"up"})");
}

TEST(Instrumentation, KindMayBeNamed) {
  EXPECT_EQ(canonical(metric_with("  kind: database\n" + count_of_issues)), canonical(metric_with(count_of_issues)));
  EXPECT_EQ(canonical(metric_with("  kind:\n" + count_of_issues)), canonical(metric_with(count_of_issues)));
  EXPECT_THAT(instrumentation_problems(metric_with("  kind: sql\n  sql: SELECT 1\n")),
              ElementsAre("error 8 instrumentation.kind: the text \"sql\" is not allowed; allowed is one of: database, "
                          "generic, setting, numbers, aggregate, prometheus"));
}

TEST(Instrumentation, WithoutAKindIsRefused) {
  const std::string message =
      "error 7 instrumentation: does not say what is computed; give one of: sql, setting, add, union, intersect, "
      "query, "
      "or operation and relation";
  EXPECT_THAT(instrumentation_problems(metric_with("  where: open\n")), ElementsAre(message));
  EXPECT_THAT(instrumentation_problems(metric_yaml("instrumentation: {}\n", "all", "database")), ElementsAre(message));
  EXPECT_THAT(instrumentation_problems(metric_with("  sql:\n")), ElementsAre(message));
}

TEST(Instrumentation, KeysOfTwoKindsCannotBeMixed) {
  EXPECT_THAT(instrumentation_problems(metric_with("  kind: setting\n  setting: a\n  where: b\n  sql: c\n")),
              ElementsAre("error 10 instrumentation.where: is not a key of kind setting; remove it",
                          "error 11 instrumentation.sql: is not a key of kind setting; remove it"));
  EXPECT_THAT(instrumentation_problems(metric_with("  relation: a\n  sql: b\n")),
              ElementsAre("error 8 instrumentation.relation: is not a key of kind generic, which sql stands for; "
                          "remove one of the two"));
}

TEST(Instrumentation, UnknownKeysAreErrorsInEveryMode) {
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  were: open\n")),
              ElementsAre("error 10 instrumentation.were: is not a key that any version of the format knows; did you "
                          "mean \"where\"?"));
}

TEST(Instrumentation, CannotStandBesideEvents) {
  EXPECT_THAT(
      instrumentation_problems(metric_yaml("events:\n- name: a\ninstrumentation:\n  sql: b\n", "7d", "redis_hll")),
      ElementsAre("error 9 instrumentation: cannot be used together with events; remove one of the two"));
  EXPECT_THAT(instrumentation_problems(metric_yaml("events: []\ninstrumentation:\n  sql: b\n", "7d", "redis_hll")),
              IsEmpty());
}

TEST(DatabaseMetric, KeepsAllItsKeys) {
  EXPECT_EQ(canonical(metric_with("  operation: sum\n  relation: public.issues\n  column: weight\n  where: open\n"
                                  "  timestamp_column: closed_at\n  batch_column: id\n  batch_size: 1000\n"
                                  "  start: 5\n  finish: SELECT 9\n  group_by:\n")),
            R"({"batch_column":"id","batch_size":1000,"column":"weight","finish":"SELECT 9","kind":"database",)"
            R"("operation":"sum","relation":"public.issues","start":5,"timestamp_column":"closed_at","where":"open"})");
}

TEST(DatabaseMetric, HasATimestampWhereATimeFrameBegins) {
  const std::string filled =
      R"({"kind":"database","operation":"count","relation":"issues","timestamp_column":"created_at"})";
  EXPECT_EQ(canonical(metric_with(count_of_issues, "28d")), filled);
  EXPECT_EQ(canonical(metric_with(count_of_issues, "[all, 7d]")), filled);
  EXPECT_EQ(canonical(metric_with(count_of_issues, "none")).find("timestamp"), std::string::npos);
}

TEST(DatabaseMetric, NeedsOperationAndRelation) {
  EXPECT_THAT(instrumentation_problems(metric_with("  kind: database\n")),
              ElementsAre("error 7 instrumentation.operation: is missing; it must be one of: count, distinct_count, "
                          "estimate_distinct_count, sum, average",
                          "error 7 instrumentation.relation: is missing; it must be a table or view such as issues or "
                          "public.issues"));
}

TEST(DatabaseMetric, NeedsAColumnForMostOperations) {
  for (const std::string operation : {"distinct_count", "estimate_distinct_count", "sum", "average"}) {
    const std::string keys = "  operation: " + operation + "\n  relation: issues\n";
    EXPECT_THAT(instrumentation_problems(metric_with(keys)),
                ElementsAre("error 7 instrumentation.column: is missing; operation " + operation +
                            " needs a column such as user_id"));
    EXPECT_THAT(instrumentation_problems(metric_with(keys + "  column: a\n")), IsEmpty());
  }
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  column: closed_at\n")), IsEmpty());
}

TEST(DatabaseMetric, KeysAreCheckedForWhatTheyHold) {
  EXPECT_THAT(
      instrumentation_problems(
          metric_with("  operation: coumt\n  relation: a.b.c\n  column: 1a\n  where: ''\n  batch_size: 0\n"
                      "  start: [1]\n  finish: 1.5\n")),
      ElementsAre("error 8 instrumentation.operation: the text \"coumt\" is not allowed; allowed is one of: count, "
                  "distinct_count, estimate_distinct_count, sum, average; did you mean \"count\"?",
                  "error 9 instrumentation.relation: the text \"a.b.c\" is not allowed; allowed: a table or view such "
                  "as issues or public.issues",
                  "error 10 instrumentation.column: the text \"1a\" is not allowed; allowed: a column such as user_id",
                  "error 11 instrumentation.where: is empty; it must be a condition in SQL",
                  "error 12 instrumentation.batch_size: 0 is not allowed; allowed is a whole number from 1 to 10000000",
                  "error 13 instrumentation.start: must be a whole number or an expression in SQL, not a list"));
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  batch_size: 10000001\n")), testing::SizeIs(1));
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  batch_size: 1.5\n")),
              ElementsAre("error 10 instrumentation.batch_size: must be a whole number from 1 to 10000000, not 1.5"));
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  relation: " + std::string(128, 'a') + "\n")),
              testing::Contains("error 10 instrumentation.relation: is here a second time, after line 9; keep one"));
}

TEST(DatabaseMetric, HasTheValueTypeOfItsGroups) {
  EXPECT_THAT(instrumentation_problems(metric_with(count_of_issues + "  group_by: state\n")),
              ElementsAre("error 3 value_type: must be object, because instrumentation.group_by makes a member of each "
                          "group"));
  EXPECT_THAT(instrumentation_problems(with_value_type(metric_with(count_of_issues), "object")),
              ElementsAre("error 3 value_type: must be number, because an instrumentation of kind database without "
                          "group_by results in one"));
  EXPECT_THAT(instrumentation_problems(with_value_type(metric_with(count_of_issues + "  group_by: state\n"), "object")),
              IsEmpty());
}

TEST(OtherKinds, MayHaveAnyValueTypeAndTimeFrame) {
  for (const std::string keys : {"  sql: SELECT 1\n", "  setting: a.b\n", "  query: up\n"}) {
    for (const std::string type : {"number", "string", "boolean", "object"}) {
      for (const std::string frame : {"none", "7d", "[7d, 28d, all]"}) {
        EXPECT_THAT(instrumentation_problems(with_value_type(metric_with(keys, frame), type)), IsEmpty());
      }
    }
  }
}

TEST(OtherKinds, NeedTheirKey) {
  EXPECT_THAT(instrumentation_problems(metric_with("  kind: generic\n")),
              ElementsAre("error 7 instrumentation.sql: is missing; it must be a query in SQL that returns one value"));
  EXPECT_THAT(instrumentation_problems(metric_with("  kind: prometheus\n")),
              ElementsAre("error 7 instrumentation.query: is missing; it must be a query in PromQL"));
  EXPECT_THAT(
      instrumentation_problems(metric_with("  setting: a b\n")),
      ElementsAre("error 8 instrumentation.setting: the text \"a b\" is not allowed; allowed: a setting such as "
                  "max_connections or internal_events.event_retention"));
}

TEST(Metric, HasItsClassAndOptions) {
  const auto parsed = parse_metric(
      metric_yaml("instrumentation_class: A::B\noptions: {z: 2.0, a: [1.5, 3.0]}\n", "all", "database"), {});
  ASSERT_TRUE(parsed.definition);
  EXPECT_EQ(parsed.definition->instrumentation_class, "A::B");
  EXPECT_EQ(parsed.definition->options, R"({"a":[1.5,3],"z":2})");
  EXPECT_EQ(parse_metric(metric_yaml("", "all", "database"), {}).definition->options, "");
}

TEST(Metric, MayHaveItsValueSchemaInline) {
  EXPECT_THAT(
      instrumentation_problems(metric_yaml("value_json_schema:\n  type: object\n  required: [a]\n", "all", "database")),
      IsEmpty());
}

const std::string deployments =
    "instrumentation_class: CountDeploymentsMetric\ndescription: Deployments\noptions: {type: all}\n"
    "instrumentation:\n  operation: count\n  relation: deployments\n";

TEST(InstrumentationFile, SaysWhatAClassStandsFor) {
  const auto parsed = parse_instrumentation(deployments, {.strict = true});
  EXPECT_THAT(to_texts(parsed.problems), IsEmpty());
  ASSERT_TRUE(parsed.definition);
  EXPECT_EQ(parsed.definition->class_name, "CountDeploymentsMetric");
  EXPECT_EQ(parsed.definition->options, R"({"type":"all"})");
  EXPECT_EQ(parsed.definition->instrumentation,
            R"({"kind":"database","operation":"count","relation":"deployments","timestamp_column":"created_at"})");
  EXPECT_EQ(nlohmann::json::parse(parsed.definition->json).at("description"), "Deployments");
}

TEST(InstrumentationFile, NeedsClassAndInstrumentation) {
  EXPECT_THAT(to_texts(parse_instrumentation("description: x\n").problems),
              testing::UnorderedElementsAre(
                  "error 0 instrumentation_class: is missing; it must be a class name such as CountIssuesMetric, "
                  "modules joined by ::",
                  "error 0 instrumentation: is missing; it must be a mapping or empty"));
  EXPECT_THAT(to_texts(parse_instrumentation("instrumentation_class: A\ninstrumentation:\n").problems),
              ElementsAre("error 2 instrumentation: is empty; it must be a mapping that says what is computed"));
}

TEST(InstrumentationFile, NamesNoOtherMetrics) {
  EXPECT_THAT(to_texts(parse_instrumentation("instrumentation_class: A\ninstrumentation:\n  add: [a]\n").problems),
              ElementsAre("error 2 instrumentation: is of kind numbers, which names key paths of other metrics; write "
                          "it into the metric definition"));
}

TEST(InstrumentationFile, IsKnownByItsKeys) {
  EXPECT_EQ(kind_of(deployments), Kind::instrumentation);
  EXPECT_EQ(identify(deployments)->name, R"(CountDeploymentsMetric {"type":"all"})");
  EXPECT_EQ(identify("instrumentation_class: A\ninstrumentation: {}\n")->name, "A");
  EXPECT_EQ(identify("instrumentation_class: [A]\ninstrumentation: {}\n")->name, "");
  EXPECT_EQ(kind_of("instrumentation_class: A\n"), Kind::metric);
  for (const std::string key : {"key_path", "time_frame", "value_type", "data_source"}) {
    EXPECT_EQ(kind_of(deployments + key + ": a\n"), Kind::metric) << key;
  }
}

}  // namespace
}  // namespace internal_events::core
