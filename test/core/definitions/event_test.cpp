#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// The problems of an event file with further lines.
std::vector<std::string> event_problems(const std::string &more) {
  return to_texts(parse_event(event_yaml(more)).problems);
}

// The definition in an event file with further lines.
EventDefinition event_definition(const std::string &more) {
  const auto parsed = parse_event(event_yaml(more));
  EXPECT_TRUE(parsed.definition) << testing::PrintToString(to_texts(parsed.problems));
  return parsed.definition.value_or(EventDefinition{});
}

TEST(Event, NeedsNoMoreThanActionAndDescription) {
  const EventDefinition event = event_definition("");
  EXPECT_EQ(event.name, "issue_created");
  EXPECT_EQ(event.category, "InternalEventTracking");
  EXPECT_FALSE(event.removed);
  EXPECT_THAT(event.identifiers, IsEmpty());
  EXPECT_THAT(event.additional_properties, IsEmpty());
  EXPECT_EQ(event.json, R"({"action":"issue_created","description":"An issue"})");
}

TEST(Event, SaysWhichRequiredKeysAreMissing) {
  const auto parsed = parse_event("status: active\n");
  EXPECT_FALSE(parsed.definition);
  EXPECT_THAT(to_texts(parsed.problems), ElementsAre(StartsWith("error 0 action: is missing; it must be letters"),
                                                     "error 0 description: is missing; it must be text or empty"));
}

TEST(Event, IdentifiersAreASet) {
  EXPECT_THAT(event_definition("identifiers: [user, project, user, feature_enabled_by_namespace_ids]\n").identifiers,
              ElementsAre("feature_enabled_by_namespace_ids", "project", "user"));
  EXPECT_THAT(event_definition("identifiers:\n").identifiers, IsEmpty());
}

TEST(Event, RefusesUnknownIdentifiers) {
  EXPECT_THAT(
      event_problems("identifiers:\n- user\n- projects\n"),
      ElementsAre("error 5 identifiers[1]: the text \"projects\" is not allowed; allowed is one of: user, project, "
                  "namespace, feature_enabled_by_namespace_ids; did you mean \"project\"?"));
}

TEST(Event, KeepsAdditionalPropertiesSorted) {
  EXPECT_THAT(event_definition("additional_properties:\n  value: {description: v}\n  label:\n  custom: {type: text}\n")
                  .additional_properties,
              ElementsAre("custom", "label", "value"));
}

TEST(Event, RefusesPropertyNamesThatLookLikeIdentifiers) {
  EXPECT_THAT(
      event_problems("additional_properties:\n  user.id: {description: v}\n"),
      ElementsAre("error 4 additional_properties.user.id: \"user.id\" cannot be a property's name; allowed are up "
                  "to 255 letters, digits and _"));
}

TEST(Event, RefusesNamesWithSpaces) {
  EXPECT_THAT(
      to_texts(parse_event("action: issue created\ndescription: x\n").problems),
      ElementsAre("error 1 action: the text \"issue created\" is not allowed; allowed: letters, digits, _, ., : and "
                  "-, beginning with a letter, a digit or _"));
}

TEST(Event, IsRemovedByItsStatus) {
  EXPECT_TRUE(event_definition("status: removed\nmilestone_removed: 16.10\n").removed);
  EXPECT_FALSE(event_definition("status:\n").removed);
  EXPECT_THAT(event_problems("status: gone\n"),
              ElementsAre("error 3 status: the text \"gone\" is not allowed; allowed is one of: active, removed"));
}

TEST(Event, KeepsRetiredKeysAndOldCategories) {
  const EventDefinition event = event_definition(
      "category: Ci::Build\nproduct_stage: plan\ndistributions: [ee]\nlabel_description:\n"
      "extra_properties: {ultimate_namespace_id: The ID}\nextra_trackers: [{tracking_class: A, protected_properties: "
      "{}}]\n"
      "extra_tracking_classes: [B]\nclassification: duo\niglu_schema_url: iglu:x\n");
  EXPECT_EQ(event.category, "Ci::Build");
  const auto json = nlohmann::json::parse(event.json);
  EXPECT_EQ(json.at("product_stage"), "plan");
  EXPECT_EQ(json.at("extra_properties").at("ultimate_namespace_id"), "The ID");
}

TEST(Event, UnknownKeyIsAWarningOrByWishAnError) {
  const std::string yaml = event_yaml("identifers: [user]\nadditional_properties:\n  label: {describtion: x}\n");
  const std::string no_key = ": is not a key that any version of the format knows; did you mean ";
  const auto lenient = parse_event(yaml);
  EXPECT_TRUE(lenient.definition);
  EXPECT_THAT(to_texts(lenient.problems),
              ElementsAre("warning 3 identifers" + no_key + "\"identifiers\"?",
                          "warning 5 additional_properties.label.describtion" + no_key + "\"description\"?"));
  const auto strict = parse_event(yaml, {.strict = true});
  EXPECT_FALSE(strict.definition);
  EXPECT_EQ(strict.problems.size(), 2U);
  EXPECT_TRUE(has_error(strict.problems));
}

TEST(Event, EveryProblemIsReportedInTheOrderOfTheFile) {
  EXPECT_THAT(
      event_problems("tiers: free\nidentifiers:\n- users\ninternal_events: 'yes'\nadditional_properties: [label]\n"),
      ElementsAre("error 3 tiers: must be a list or empty, not the text \"free\"",
                  StartsWith("error 5 identifiers[0]: the text \"users\" is not allowed"),
                  "error 6 internal_events: must be true or false or empty, not the text \"yes\"",
                  "error 7 additional_properties: must be a mapping or empty, not a list"));
}

TEST(Event, LongNamesAreRefusedWithoutTakingTheStack) {
  const auto parsed = parse_event("action: " + std::string(1'000'000, 'a') + "\ndescription: x\n");
  EXPECT_THAT(to_texts(parsed.problems),
              ElementsAre("error 1 action: is too long; at most 255 characters are allowed"));
}

}  // namespace
}  // namespace internal_events::core
