#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// The problems of a metric whose list of events begins on line 8.
std::vector<std::string> rule_problems(const std::string &events) {
  return to_texts(parse_metric(metric_yaml("events:\n" + events), sample_catalog()).problems);
}

// The canonical texts of a valid metric's rules.
std::vector<std::string> rules_of(const std::string &events) {
  const auto parsed = parse_metric(metric_yaml("events:\n" + events), sample_catalog());
  EXPECT_TRUE(parsed.definition) << testing::PrintToString(to_texts(parsed.problems));
  std::vector<std::string> texts;
  if (!parsed.definition) return texts;
  for (const SelectionRule &rule : parsed.definition->rules) texts.push_back(rule.canonical());
  return texts;
}

TEST(CanonicalRule, LeavesOutEmptyParts) {
  EXPECT_EQ((SelectionRule{"x", "", "{}", ""}).canonical(), R"({"event":"x"})");
  EXPECT_EQ((SelectionRule{"x", "user.id", R"({"label":"npm"})", ""}).canonical(),
            R"({"event":"x","filter":{"label":"npm"},"unique":"user.id"})");
  EXPECT_EQ((SelectionRule{"x", "", "{}", "sum(value)"}).canonical(), R"j({"event":"x","operator":"sum(value)"})j");
}

TEST(CanonicalRule, IsInjective) {
  const SelectionRule tricky{"x\",\"unique\":\"user.id", "", "{}", ""};
  EXPECT_NE(tricky.canonical(), (SelectionRule{"x", "user.id", "{}", ""}).canonical());
  EXPECT_EQ(nlohmann::json::parse(tricky.canonical()), tricky.to_json());
}

TEST(CanonicalRule, EqualFiltersAreEqualTexts) {
  const std::string expected = R"({"event":"issue_created","filter":{"label":"60","source_id":12.4,"value":60}})";
  EXPECT_THAT(rules_of("- name: issue_created\n  filter: {value: 60.0, label: 60, source_id: 12.40}\n"),
              ElementsAre(expected));
  EXPECT_THAT(rules_of("- filter:\n    source_id: 12.4\n    label: '60'\n    value: +6e1\n  name: issue_created\n"),
              ElementsAre(expected));
}

TEST(CanonicalRule, NumbersAndTextsStayApart) {
  EXPECT_THAT(
      rules_of("- {name: issue_created, filter: {source_id: '60'}}\n- {name: issue_created, filter: {source_id: 60}}\n"
               "- {name: issue_created, filter: {source_id: -0.0}}\n- {name: issue_created, filter: {source_id: "
               "1000000000000}}\n"),
      ElementsAre(R"({"event":"issue_created","filter":{"source_id":"60"}})",
                  R"({"event":"issue_created","filter":{"source_id":0}})",
                  R"({"event":"issue_created","filter":{"source_id":1000000000000}})",
                  R"({"event":"issue_created","filter":{"source_id":60}})"));
}

TEST(Rules, AreSortedAndMayRepeatAnEvent) {
  EXPECT_THAT(rules_of("- name: issue_created\n  unique: user.id\n  filter: {label: b}\n"
                       "- name: issue_created\n  unique: user.id\n  filter: {label: a}\n"
                       "- name: issue_closed\n  unique: user.id\n  filter:\n"),
              ElementsAre(R"({"event":"issue_closed","unique":"user.id"})",
                          R"({"event":"issue_created","filter":{"label":"a"},"unique":"user.id"})",
                          R"({"event":"issue_created","filter":{"label":"b"},"unique":"user.id"})"));
}

TEST(Rules, ThatRepeatAreCountedOnce) {
  const std::string events =
      "- name: issue_created\n  filter: {value: 1}\n- name: issue_created\n  filter: {value: 1.0}\n";
  EXPECT_THAT(rules_of(events), testing::SizeIs(1));
  EXPECT_THAT(
      rule_problems(events),
      ElementsAre("warning 10 events[1]: says the same as events[0] and is counted once; remove one of the two"));
}

TEST(Rules, OfOtherSourcesAreKeptButNotCompiled) {
  const auto parsed =
      parse_metric(metric_yaml("events:\n- name: unknown\n  unique: user.id\n", "7d", "redis_hll"), sample_catalog());
  ASSERT_TRUE(parsed.definition);
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(parsed.definition->rules, IsEmpty());
  EXPECT_EQ(nlohmann::json::parse(parsed.definition->json).at("events")[0].at("name"), "unknown");
}

TEST(Rules, AreNeededByMetricsOnInternalEvents) {
  const std::string message = " events: is missing or empty; a metric on internal_events lists the events it counts";
  EXPECT_THAT(to_texts(parse_metric(metric_yaml(""), {}).problems), ElementsAre("error 0" + message));
  EXPECT_THAT(to_texts(parse_metric(metric_yaml("events: []\n"), {}).problems), ElementsAre("error 7" + message));
  EXPECT_THAT(to_texts(parse_metric(metric_yaml("events:\n"), {}).problems), ElementsAre("error 7" + message));
}

TEST(Rules, NeedAName) {
  EXPECT_THAT(rule_problems("- unique: user.id\n- text\n- name:\n"),
              ElementsAre("error 8 events[0].name: is missing; it must be text",
                          "error 9 events[1]: must be a mapping, not the text \"text\"",
                          "error 10 events[2].name: must be text, not empty"));
}

TEST(Rules, OnUnknownEvents) {
  EXPECT_THAT(
      rule_problems("- name: issue_close\n- name: something_else\n"),
      ElementsAre("error 8 events[0].name: \"issue_close\" is not a known event; load its definition first; did you "
                  "mean \"issue_closed\"?",
                  "error 9 events[1].name: \"something_else\" is not a known event; load its definition first"));
}

TEST(Rules, OnRemovedEvents) {
  EXPECT_THAT(rule_problems("- name: old_event\n"),
              ElementsAre("warning 8 events[0].name: the event \"old_event\" is removed: nothing new will be counted"));
}

TEST(MixedRules, UniqueAndTotal) {
  EXPECT_THAT(
      rule_problems("- name: issue_created\n- name: issue_closed\n  unique: user.id\n"),
      ElementsAre("error 10 events[1].unique: unique and total rules cannot be mixed in one metric: unique user.id "
                  "here, all events in the first rule; make them agree or write two metrics"));
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  unique: user.id\n- name: issue_closed\n"),
      ElementsAre("error 10 events[1]: unique and total rules cannot be mixed in one metric: all events here, unique "
                  "user.id in the first rule; make them agree or write two metrics"));
}

TEST(MixedRules, TwoKindsOfIdentifier) {
  EXPECT_THAT(rule_problems("- name: issue_created\n  unique: user.id\n- name: issue_closed\n  unique: project.id\n"),
              ElementsAre("error 11 events[1].unique: two kinds of identifier cannot be mixed in one metric: unique "
                          "project.id here, unique user.id in the first rule; make them agree or write two metrics"));
}

TEST(MixedRules, OperatorAndCounting) {
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  operator: sum(value)\n- name: issue_closed\n"),
      ElementsAre("error 10 events[1]: an operator and counting cannot be mixed in one metric: all events here, "
                  "sum(value) in the first rule; make them agree or write two metrics"));
}

TEST(MixedRules, OperatorAndUnique) {
  EXPECT_THAT(rule_problems("- name: issue_created\n  unique: user.id\n  operator: sum(value)\n"),
              ElementsAre("error 10 events[0].operator: cannot be used together with unique; remove one of the two"));
}

TEST(Operator, IsASumOfValues) {
  EXPECT_THAT(rules_of("- name: issue_created\n  operator: sum(value)\n"),
              ElementsAre(R"j({"event":"issue_created","operator":"sum(value)"})j"));
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  operator: avg(value)\n"),
      ElementsAre("error 9 events[0].operator: the text \"avg(value)\" is not allowed; allowed is one of: sum(value); "
                  "did you mean \"sum(value)\"?"));
  EXPECT_THAT(
      rule_problems("- name: issue_closed\n  operator: sum(value)\n"),
      ElementsAre("warning 9 events[0].operator: the event \"issue_closed\" does not declare the property \"value\"; "
                  "add it to the event's additional_properties"));
}

TEST(Properties, DeclaredOnesOfAllKindsCanBeCounted) {
  for (const char *unique : {"user.id", "project.id", "namespace.id", "label", "value", "source_id"}) {
    EXPECT_THAT(rule_problems(std::string("- name: issue_created\n  unique: ") + unique + "\n"), IsEmpty()) << unique;
  }
}

TEST(Properties, UndeclaredBuiltInOnesAreWarnings) {
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  filter:\n    label: a\n    property: b\n"),
      ElementsAre("warning 11 events[0].filter.property: the event \"issue_created\" does not declare the property "
                  "\"property\"; add it to the event's additional_properties"));
  EXPECT_THAT(rule_problems("- name: issue_closed\n  unique: label\n"),
              ElementsAre(StartsWith("warning 9 events[0].unique: the event \"issue_closed\" does not declare")));
}

TEST(Properties, UndeclaredCustomOnesAreErrors) {
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  filter:\n    sourceid: 5\n"),
      ElementsAre("error 10 events[0].filter.sourceid: the event \"issue_created\" does not declare the property "
                  "\"sourceid\"; add it to the event's additional_properties, or use one of: label, property, value; "
                  "did you mean \"source_id\"?"));
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  unique: user_id\n"),
      ElementsAre(
          "error 9 events[0].unique: the event \"issue_created\" does not declare the property \"user_id\"; add "
          "it to the event's additional_properties, or use one of: label, property, value, user.id, "
          "project.id, namespace.id; did you mean \"user.id\"?"));
}

TEST(Filters, OfBuiltInPropertiesHaveTheirType) {
  EXPECT_THAT(
      rule_problems("- name: issue_created\n  filter:\n    label: [a]\n    value: 'x'\n    source_id: {a: b}\n"),
      ElementsAre("error 10 events[0].filter.label: must be text, not a list",
                  "error 11 events[0].filter.value: must be a number, not the text \"x\"",
                  "error 12 events[0].filter.source_id: must be text or a number, not a mapping"));
}

TEST(Rules, AreAtMostAThousand) {
  std::string events;
  for (int i = 0; i < 1001; ++i) events += "- name: issue_created\n  filter: {value: " + std::to_string(i) + "}\n";
  EXPECT_THAT(rule_problems(events), ElementsAre("error 7 events: is too long; at most 1000 items are allowed"));
}

TEST(Rules, ProblemsOfAllKindsComeTogether) {
  EXPECT_THAT(rule_problems("- name: nothing\n  filter: {value: a}\nstatus: x\nstage: [a]\n"),
              ElementsAre("error 8 events[0].name: \"nothing\" is not a known event; load its definition first",
                          "error 9 events[0].filter.value: must be a number, not the text \"a\"",
                          "error 10 status: is here a second time, after line 4; keep one",
                          "error 11 stage: must be text or empty, not a list"));
}

}  // namespace
}  // namespace internal_events::core
