#include "core/migration/metric_migration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The rewritten text; what was refused, and why, where it is that.
std::string migrated(const std::string &text, const MigrationNames &names = {}) {
  const std::variant<MigratedMetric, Refusal> result = migrate_metric(text, names);
  if (const auto *refusal = std::get_if<Refusal>(&result)) return "refused: " + refusal->reason;
  return std::get<MigratedMetric>(result).text;
}

std::vector<std::string> notes(const std::string &text, const MigrationNames &names = {}) {
  const std::variant<MigratedMetric, Refusal> result = migrate_metric(text, names);
  return std::holds_alternative<MigratedMetric>(result) ? std::get<MigratedMetric>(result).notes
                                                        : std::vector<std::string>{"refused"};
}

// A metric with the given lines after those that every metric has.
std::string metric(const std::string &more, const std::string &data_source = "redis_hll") {
  return "key_path: counts.boards\ndescription: Boards\nvalue_type: number\nstatus: active\ntime_frame: 28d\n"
         "data_source: " +
         data_source + "\n" + more;
}

std::string with_crlf(const std::string &text) {
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  return crlf;
}

MigrationNames with_overrides(const std::string &uniques, const std::string &totals = "{}") {
  MigrationNames names;
  EXPECT_THAT(names.redis.read_hll(uniques), IsEmpty());
  EXPECT_THAT(names.redis.read_counters(totals), IsEmpty());
  return names;
}

// A metric with comments everywhere, between what stays of it.
std::string commented(const std::string &lines) {
  return R"(# Asked for by sales.
---
description: >-
  Who looked at a board,
  # this is no comment
  or opened one
key_path: counts.boards # as in the report
value_type: number
status: active
# Weeks would be too noisy.
time_frame: 28d
)" + lines +
         R"(
# Plans
tiers:
  - free
milestone: "3.1"
)";
}

constexpr const char *lines_before = R"("data_source":   'redis_hll'   # until spring
instrumentation_class: RedisHLLMetric # the usual one

# What counts:
options: # all of it
  # Opening
  events: # by users
    # is one,
    - board_opened  # in the menu
    # looking another.
    - "board_viewed"
    # Nothing else.
  # So far.
)";

constexpr const char *lines_after = R"("data_source":   'internal_events'   # until spring
# the usual one

# What counts:
# all of it
# Opening
# by users
events:
  # is one,
  - name: board_opened # in the menu
    unique: user.id
  # looking another.
  - name: board_viewed
    unique: user.id
    # Nothing else.
  # So far.
)";

TEST(MetricMigration, CommentsOrderAndQuotesStay) {
  EXPECT_EQ(migrated(commented(lines_before)), commented(lines_after));
}

TEST(MetricMigration, LineEndsStay) {
  EXPECT_EQ(migrated(with_crlf(commented(lines_before))), with_crlf(commented(lines_after)));
}

TEST(MetricMigration, TheLastLineStaysWithoutItsEnd) {
  EXPECT_EQ(migrated(metric("options:\n  events:\n  - board_opened")),
            metric("events:\n- name: board_opened\n  unique: user.id", "internal_events"));
  EXPECT_EQ(migrated(metric("events:\n- name: board_opened\n  unique: user.id\noptions:\n  events: [board_opened]")),
            metric("events:\n- name: board_opened\n  unique: user.id", "internal_events"));
}

TEST(MetricMigration, ListsAreIndentedAsTheFileDoes) {
  const std::string flow = "options: {events: [board_opened, 'board viewed']} # both\n";
  const std::string items = "- name: board_opened\n  unique: user.id\n- name: board viewed\n  unique: user.id\n";
  EXPECT_EQ(migrated(metric(flow + "tiers:\n- free\n")),
            metric("# both\nevents:\n" + items + "tiers:\n- free\n", "internal_events"));
  EXPECT_EQ(migrated(metric("options:\n  events: [board_opened]\n")),
            metric("events:\n  - name: board_opened\n    unique: user.id\n", "internal_events"));
}

TEST(MetricMigration, AnIndentedFileStaysSo) {
  const std::string text =
      "  key_path: counts.boards\n  description: B\n  value_type: number\n  status: active\n  time_frame: 7d\n"
      "  options:\n    events:\n    - opened\n  data_source: redis_hll\n";
  EXPECT_THAT(migrated(text),
              HasSubstr("  events:\n  - name: opened\n    unique: user.id\n  data_source: internal_events\n"));
}

TEST(MetricMigration, AValueMayStandBelowItsKey) {
  const std::string text =
      "key_path: counts.boards\ndescription: B\nvalue_type: number\nstatus: active\ntime_frame: 7d\ndata_source:\n"
      "  # redis_hll it is\n  redis_hll\noptions:\n  events: [opened]\n";
  EXPECT_THAT(migrated(text), HasSubstr("data_source:\n  # redis_hll it is\n  internal_events\nevents:\n"));
}

TEST(MetricMigration, AFileWithItsEventsLosesWhatRedisNeeded) {
  const std::string events = "events:\n- name: board_opened\n  unique: project.id\n  filter: {label: x}\n";
  EXPECT_EQ(migrated(metric("instrumentation_class: RedisHLLMetric\n" + events)), metric(events, "internal_events"));
  EXPECT_EQ(migrated(metric("options:\n  events:\n  - board_opened\n" + events)), metric(events, "internal_events"));
  EXPECT_THAT(migrated(metric("options:\n  events:\n  - other\n" + events)),
              HasSubstr("names other events in options"));
  EXPECT_THAT(migrated(metric("events:\n- name: board_opened\n")), HasSubstr("does not say what is counted once"));
}

TEST(MetricMigration, AnAggregateSaysWhatIsCountedOnce) {
  const std::string options =
      "options:\n  aggregate:\n    operator: OR\n    attribute: project_id\n  events:\n  - a\n  - b\n";
  EXPECT_EQ(migrated(metric("instrumentation_class: AggregatedMetric\n" + options)),
            metric("events:\n- name: a\n  unique: project.id\n- name: b\n  unique: project.id\n", "internal_events"));
  EXPECT_THAT(notes(metric(options)), IsEmpty());
  EXPECT_THAT(migrated(metric("options: {aggregate: {operator: AND, attribute: user_id}, events: [a, b]}\n")),
              HasSubstr("counts who did all of several things"));
}

TEST(MetricMigration, WhatNobodySaidIsNoted) {
  EXPECT_THAT(notes(metric("options: {events: [a, b]}\n")),
              ElementsAre("user.id is assumed to be what is counted once of a, b; the description says: Boards"));
  MigrationNames names;
  names.default_identifier = "namespace.id";
  names.identifiers["a"] = "project.id";
  EXPECT_THAT(migrated(metric("options: {events: [a]}\n"), names), HasSubstr("unique: project.id\n"));
  EXPECT_THAT(migrated(metric("options: {events: [b]}\n"), names), HasSubstr("unique: namespace.id\n"));
  names.defined_events["c"] = {"project"};
  EXPECT_THAT(migrated(metric("options: {events: [c]}\n"), names), HasSubstr("unique: project.id\n"));
  EXPECT_THAT(migrated(metric("options: {events: [a, b]}\n"), names),
              HasSubstr("counts project.id of a and namespace.id of b, and a metric counts one thing"));
}

TEST(MetricMigration, OverridesRename) {
  const MigrationNames names = with_overrides(
      "'template_used-filter:[label:android,property:false]-project': p_android\n'board_opened-user': board_opened\n",
      "'{event_counters}_code_pushed-filter:[value:60]': USAGE_SOURCE_CODE_PUSHES\n");
  EXPECT_EQ(migrated(metric("options:\n  events:\n  - p_android # robots\n"), names),
            metric("events:\n- name: template_used # robots\n  unique: project.id\n  filter:\n    label: android\n"
                   "    property: 'false'\n",
                   "internal_events"));
  EXPECT_THAT(notes(metric("options: {events: [p_android]}\n"), names),
              ElementsAre("p_android is the event template_used, label android, property false, by the overrides"));
  EXPECT_THAT(notes(metric("options: {events: [board_opened]}\n"), names), IsEmpty());
  EXPECT_EQ(migrated(metric("options:\n  counter_class: SourceCodeCounter\n  event: pushes\n", "redis"), names),
            metric("events:\n  - name: code_pushed\n    filter:\n      value: 60\n", "internal_events"));
}

TEST(MetricMigration, ACounterIsATotal) {
  EXPECT_EQ(migrated(metric("options:\n  # the IDE\n  prefix: web_ide\n  event: views\n", "redis")),
            metric("# the IDE\nevents:\n  - name: web_ide_views\n", "internal_events"));
  EXPECT_THAT(notes(metric("options: {prefix: web_ide, event: views, include_usage_prefix: false}\n", "redis")),
              ElementsAre("its event is called web_ide_views, so import-redis needs the override "
                          "'{event_counters}_web_ide_views': WEB_IDE_VIEWS"));
  EXPECT_THAT(migrated(metric("options: {counter_class: WebIdeCounter, event: views}\n", "redis")),
              HasSubstr("its name in Redis is in the code of WebIdeCounter; USAGE_WEB_IDE_VIEWS would be usual"));
}

TEST(MetricMigration, WhatCannotBeSaidIsRefused) {
  EXPECT_THAT(migrated(metric("")), HasSubstr("names no event"));
  EXPECT_THAT(migrated(metric("", "redis")), HasSubstr("names no event"));
  EXPECT_THAT(migrated(metric("instrumentation_class: UsersOfAllKindsMetric\noptions: {events: [a]}\n")),
              HasSubstr("is computed by code, the class UsersOfAllKindsMetric"));
  EXPECT_THAT(migrated(metric("options: {events: [a], since: 2020}\n")), HasSubstr("only the class knows: since"));
  EXPECT_THAT(migrated(metric("options: {events: [{name: a}]}\n")), HasSubstr("that is not a name"));
  EXPECT_THAT(migrated(metric("instrumentation: {sql: SELECT 1}\n")), HasSubstr("calculated by its instrumentation"));
}

TEST(MetricMigration, ALayoutThatHasNoLinesIsRefused) {
  const std::string flow =
      "{key_path: a, description: b, value_type: number, status: active, time_frame: 7d, data_source: redis_hll, "
      "options: {events: [a]}}";
  EXPECT_THAT(migrated(flow), HasSubstr("its lines cannot be replaced"));
  EXPECT_THAT(migrated(metric("options:\n  events: &names [a]\ntiers: *names\n")),
              HasSubstr("its lines cannot be replaced"));
  EXPECT_THAT(migrated(metric("options: {events: [a]}\n", "\"redis\\u005fhll\"")),
              HasSubstr("its lines cannot be replaced"));
}

TEST(MetricMigration, RemovedMetricsAreHistory) {
  std::string text = metric("options: {events: [a]}\n");
  text.replace(text.find("active"), 6, "removed");
  const std::variant<MigratedMetric, Refusal> result = migrate_metric(text, {});
  ASSERT_TRUE(std::holds_alternative<Refusal>(result));
  EXPECT_FALSE(std::get<Refusal>(result).needs_hand);
}

}  // namespace
}  // namespace internal_events::core
