#include "core/redis/redis_overrides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace internal_events::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A warning that an old name is that of another new name too.
MATCHER_P(SharedBy, other, "") {
  return arg.severity == Severity::warning && arg.message.find(other) != std::string::npos;
}

RedisOverrides overrides() {
  RedisOverrides overrides;
  EXPECT_THAT(overrides.read_hll("# Names that were there first.\n"
                                 "'project_opened-user': g_project_users\n"
                                 "'page_seen-filter:[label:a,property:b]-user': seen_by\n"
                                 "'page_seen-filter:[label:c]-project': seen_by\n"
                                 "'page_seen-filter:[label:c]': seen_total\n"
                                 "'page_seen-filter:[label:d]-label': seen_total\n"
                                 "unchanged-user: unchanged-user\n"),
              ElementsAre(SharedBy("page_seen-filter:[label:a,property:b]-user")));
  EXPECT_THAT(overrides.read_counters("'{event_counters}_page_seen': USAGE_PAGES\n"
                                      "'{event_counters}_page_seen-filter:[label:c]': USAGE_PAGES_C\n"),
              IsEmpty());
  return overrides;
}

TEST(RedisOverridesTest, AnOldNameOfASketchKeepsPrefixAndWeek) {
  EXPECT_THAT(overrides().canonical("{hll_counters}_g_project_users-2024-05"),
              ElementsAre("{hll_counters}_project_opened-user-2024-05"));
}

TEST(RedisOverridesTest, SeveralRulesMayShareAnOldName) {
  EXPECT_THAT(overrides().canonical("{hll_counters}_seen_by-2020-53"),
              ElementsAre("{hll_counters}_page_seen-filter:[label:a,property:b]-user-2020-53",
                          "{hll_counters}_page_seen-filter:[label:c]-project-2020-53"));
}

TEST(RedisOverridesTest, WhatNoOverrideIsAboutStaysAsItIs) {
  for (const char *key : {"{hll_counters}_g_project_users-user-2024-05", "{hll_counters}_other-2024-05", "other", "",
                          "{hll_counters}_", "{hll_counters}_-2024-05", "{hll_counters}_unchanged-user-2024-05",
                          "{event_counters}_g_project_users", "{event_counters}_USAGE_PAGES"}) {
    EXPECT_THAT(overrides().canonical(key), ElementsAre(key));
    EXPECT_EQ(overrides().used_instead_of(key), std::nullopt) << key;
  }
}

TEST(RedisOverridesTest, CountersHaveOldNamesOfTheirOwnAndThoseOfFilters) {
  EXPECT_THAT(overrides().canonical("USAGE_PAGES"), ElementsAre("{event_counters}_page_seen"));
  EXPECT_THAT(overrides().canonical("{event_counters}_seen_total-2024-05"),
              ElementsAre("{event_counters}_page_seen-filter:[label:c]-2024-05"));
  EXPECT_THAT(overrides().canonical("{hll_counters}_seen_total-2024-05"),
              ElementsAre("{hll_counters}_page_seen-filter:[label:d]-label-2024-05"));
  EXPECT_THAT(overrides().counter_names(), ElementsAre("USAGE_PAGES", "USAGE_PAGES_C"));
}

TEST(RedisOverridesTest, ACanonicalNameIsNotUsedWhereAnOldOneIs) {
  EXPECT_EQ(overrides().used_instead_of("{hll_counters}_project_opened-user-2024-05"),
            "{hll_counters}_g_project_users-2024-05");
  EXPECT_EQ(overrides().used_instead_of("{event_counters}_page_seen"), "USAGE_PAGES");
  EXPECT_EQ(overrides().used_instead_of("{event_counters}_page_seen-2024-05"), std::nullopt);
}

TEST(RedisOverridesTest, OldNamesAreThoseOfRules) {
  const std::optional<SelectionRule> unique = overrides().rule_of_unique("seen_by");
  ASSERT_TRUE(unique);
  EXPECT_EQ(unique->canonical(), R"({"event":"page_seen","filter":{"label":"a","property":"b"},"unique":"user.id"})");
  EXPECT_EQ(overrides().rule_of_unique("seen_total").value().canonical(),
            R"({"event":"page_seen","filter":{"label":"d"},"unique":"label"})");
  EXPECT_EQ(overrides().rule_of_total("USAGE_PAGES").value().canonical(), R"({"event":"page_seen"})");
  EXPECT_EQ(overrides().rule_of_unique("page_seen"), std::nullopt);
  EXPECT_EQ(overrides().rule_of_total("seen_total"), std::nullopt);
}

TEST(RedisOverridesTest, SaysWhereAFileIsWrong) {
  RedisOverrides overrides;
  const Problems problems = overrides.read_hll("a-user: b\nc-user: [d]\ne-user:\nf: g\n'h-filter:[x]-user': i\n");
  ASSERT_THAT(problems, SizeIs(4));
  EXPECT_EQ(problems[0].position.line, 2);
  EXPECT_EQ(problems[0].key, "c-user");
  EXPECT_EQ(problems[0].message, "must have the old name, a text");
  EXPECT_EQ(problems[1].key, "e-user");
  EXPECT_EQ(problems[2].message, "is no new name; it looks like event-filter:[label:x]-user");
  EXPECT_EQ(problems[3].position.line, 5);
  EXPECT_THAT(overrides.read_counters("a-user: b\n"), SizeIs(1));
  EXPECT_THAT(overrides.read_counters("- a\n"), SizeIs(1));
}

}  // namespace
}  // namespace internal_events::core
