#include "core/generator/tracking_examples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace internal_events::core {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

TEST(TrackingExamples, PassWhatTheEventCarries) {
  const TrackingExample example =
      tracking_example("a", {"user", "namespace"}, {"label", "value", "kind"}, Json::array());
  EXPECT_EQ(sql_call(example),
            "SELECT track_event('a', user_id => 7, namespace_id => 2, additional_properties => "
            R"('{"label":"example","value":1,"kind":"example"}');)");
  EXPECT_EQ(javascript_call(example),
            R"(InternalEvents.trackEvent('a', {"label":"example","value":1,"kind":"example"});)");
  EXPECT_EQ(html_element(example),
            "<button data-event-tracking=\"a\" data-event-label=\"example\" data-event-value=\"1\""
            " data-event-additional=\"{&quot;kind&quot;:&quot;example&quot;}\">...</button>");
}

TEST(TrackingExamples, FitTheFirstRuleOfTheirEvent) {
  const Json rules =
      Json::parse(R"([{"name": "b"}, {"name": "a", "unique": "project.id", "filter": {"label": "it's", "n": 3}},
                                     {"name": "a", "filter": {"label": "other"}}])");
  const TrackingExample example = tracking_example("a", {}, {}, rules);
  EXPECT_EQ(sql_call(example),
            R"(SELECT track_event('a', project_id => 3, additional_properties => '{"label":"it''s","n":3}');)");
}

TEST(TrackingExamples, ExpectWhatTheRulesAdd) {
  const Json rules = Json::parse(R"([{"name": "a", "filter": {"label": "x"}}, {"name": "a"}, {"name": "b"},
                                     {"name": "b", "filter": {"label": "y"}}])");
  const std::vector<TrackingExample> examples = {tracking_example("a", {}, {}, rules),
                                                 tracking_example("b", {}, {}, rules)};
  const std::string test = pgtap_test(examples, {{rules, {"counts.x"}}});
  EXPECT_THAT(test, HasSubstr("b.value + 3,"));
  EXPECT_THAT(test, HasSubstr("SELECT plan(3);"));
}

TEST(TrackingExamples, ExpectOneUniqueOfSeveralEvents) {
  const Json rules = Json::parse(R"([{"name": "a", "unique": "user.id"}, {"name": "b", "unique": "user.id"}])");
  const std::vector<TrackingExample> examples = {tracking_example("a", {}, {}, rules),
                                                 tracking_example("b", {}, {}, rules)};
  EXPECT_THAT(pgtap_test(examples, {{rules, {"x_weekly", "x_monthly"}}}), HasSubstr("b.value + 1,"));
}

TEST(TrackingExamples, ExpectTheSumOfValues) {
  const Json rules = Json::parse(R"json([{"name": "a", "operator": "sum(value)", "filter": {"value": 2.5}}])json");
  EXPECT_THAT(pgtap_test({tracking_example("a", {}, {}, rules)}, {{rules, {"x"}}}), HasSubstr("b.value + 2.5,"));
}

TEST(TrackingExamples, TestAnEventWithoutMetricsToo) {
  const std::string test = pgtap_test({tracking_example("a", {"user"}, {}, Json::array())}, {});
  EXPECT_THAT(test, HasSubstr("SELECT plan(1);\nSELECT ok(track_event('a', user_id => 1000000007), 'a is recorded');"));
  EXPECT_THAT(test, Not(HasSubstr("as_of")));
}

}  // namespace
}  // namespace internal_events::core
