#include "core/migration/source_calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The only call of a text, with what is to be written in its place.
SourceCall call_in(const std::string &text, const std::string &extension, const MigrationNames &names = {}) {
  const std::vector<SourceCall> calls = find_calls(text, *language_of_extension(extension), names);
  EXPECT_THAT(calls, SizeIs(1)) << text;
  return calls.empty() ? SourceCall{} : calls.front();
}

std::string replacement(const std::string &text, const std::string &extension, const MigrationNames &names = {}) {
  return call_in(text, extension, names).replacement;
}

std::size_t count(const std::string &text, const std::string &extension) {
  return find_calls(text, *language_of_extension(extension), {}).size();
}

constexpr const char *query = "ActiveRecord::Base.connection.exec_query(";

TEST(SourceCalls, UniqueCounters) {
  const SourceCall call = call_in(
      "class A\n  def b\n    Gitlab::UsageDataCounters::HLLRedisCounter.track_event(:mr_created, values: user.id)\n",
      "rb");
  EXPECT_EQ(call.position.line, 3);
  EXPECT_EQ(call.position.column, 5);
  EXPECT_EQ(call.kind, "HLLRedisCounter.track_event");
  EXPECT_EQ(call.found, "Gitlab::UsageDataCounters::HLLRedisCounter.track_event(:mr_created, values: user.id)");
  EXPECT_EQ(call.replacement,
            std::string(query) + R"x("SELECT track_event('mr_created', user_id => $1)", 'track_event', [user.id]))x");
  EXPECT_EQ(call.event, "mr_created");
  EXPECT_THAT(call.look_at, ElementsAre("values: is taken for user.id; --identifier says otherwise"));
}

TEST(SourceCalls, UniqueCountersTakeTheIdentifierThatIsSaid) {
  MigrationNames names;
  names.identifiers = {{"a", "project.id"}, {"b", "merge_request_id"}};
  EXPECT_THAT(replacement("HLLRedisCounter.track_event('a', values: project.id)\n", "rb", names),
              HasSubstr("'a', project_id => $1)\", 'track_event', [project.id])"));
  EXPECT_THAT(replacement("HLLRedisCounter.track_event('b', values: mr.id)\n", "rb", names),
              HasSubstr("[{ merge_request_id: mr.id }.to_json])"));
  EXPECT_THAT(call_in("HLLRedisCounter.track_event('a', values: [1, 2], time: at)\n", "rb", names).look_at,
              ElementsAre("it is a list: call track_event() for each of its elements",
                          "time is left out; occurred_at takes a time"));
}

TEST(SourceCalls, OverridesRename) {
  MigrationNames names;
  EXPECT_THAT(names.redis.read_hll("'template_used-filter:[label:go,property:false]-project': p_go"), IsEmpty());
  EXPECT_THAT(names.redis.read_counters("'{event_counters}_code_pushed': USAGE_SOURCE_CODE_PUSHES"), IsEmpty());
  EXPECT_EQ(replacement("HLLRedisCounter.track_event(:p_go, values: project.id)", "rb", names),
            std::string(query) +
                "\"SELECT track_event('template_used', project_id => $1, additional_properties => $2)\", "
                "'track_event', [project.id, { label: 'go', property: 'false' }.to_json])");
  EXPECT_EQ(replacement("Gitlab::UsageDataCounters::SourceCodeCounter.count(:pushes)", "rb", names),
            std::string(query) + "\"SELECT track_event('code_pushed')\")");
  EXPECT_THAT(call_in("SourceCodeCounter.count(:pushes)", "rb").look_at,
              ElementsAre("the prefix is taken from the name of SourceCodeCounter; its code has it"));
}

TEST(SourceCalls, BracketsMayEndLater) {
  const SourceCall call = call_in(
      "Gitlab::Tracking.event(\n  self.class.name, # the class\n  'clicked)', label: \"it's (\",\n  user: "
      "current_user,\n"
      "  project: project, namespace: group.root(1),\n  context: [x], value: 7, plan: 'gold'\n)\n",
      "rb");
  EXPECT_EQ(call.replacement,
            std::string(query) +
                "\"SELECT track_event('clicked)', user_id => $1, project_id => $2, namespace_id => $3, category => $4, "
                "additional_properties => $5)\", 'track_event', [current_user&.id, project&.id, group.root(1)&.id, "
                "self.class.name, { label: \"it's (\", value: 7, plan: 'gold' }.to_json])");
  EXPECT_THAT(call.look_at, ElementsAre("context is left out: forwarding adds the standard context",
                                        "declare the property plan in the event's definition"));
}

TEST(SourceCalls, BracketsMayBeMissingInRuby) {
  EXPECT_THAT(
      replacement("  Gitlab::Tracking.event 'cat', 'act',\n    label: x if foo\n  bar\n", "rb"),
      HasSubstr("'act', category => 'cat', additional_properties => $1)\", 'track_event', [{ label: x }.to_json])"));
  EXPECT_THAT(replacement("<% Gitlab::Tracking.event 'cat', 'act' %>\n", "erb"), HasSubstr("track_event('act', "));
}

TEST(SourceCalls, QuotesOfOneLanguageAreEscapedInTheOther) {
  EXPECT_EQ(replacement("t.track_struct_event(category: \"o'k\", action: 'a#b\"c')", "rb"),
            std::string(query) + R"x("SELECT track_event('a\#b\"c', category => 'o''k')"))x");
}

TEST(SourceCalls, StructuredEventsOfThePythonTracker) {
  EXPECT_EQ(replacement("tracker.track_struct_event('shop', 'add', label='x', value=price)", "py"),
            "cursor.execute(\"SELECT track_event('add', category => 'shop', additional_properties => %s)\", "
            "(json.dumps({'label': 'x', 'value': price}),))");
}

TEST(SourceCalls, StructuredEventsOfBrowsers) {
  EXPECT_EQ(replacement("trackStructEvent({ category: 'shop', action: 'add', label, value: 3, property: null })", "ts"),
            "InternalEvents.trackEvent('add', { label, value: 3 }, 'shop')");
  EXPECT_EQ(replacement("window.snowplow('trackStructEvent', 'shop', 'add', 'x')", "js"),
            "InternalEvents.trackEvent('add', { label: 'x' }, 'shop')");
  EXPECT_EQ(replacement("tracker.trackStructEvent(category, 'add', label, '', 2)", "js"),
            "InternalEvents.trackEvent('add', { label, property: '', value: 2 }, category)");
  EXPECT_EQ(replacement("Tracking.event(undefined, 'click_it', { label: 'x', extra: { plan: 1 } })", "js"),
            "InternalEvents.trackEvent('click_it', { label: 'x', plan: 1 })");
  EXPECT_EQ(replacement("Tracking.event(document.body.dataset.page, action, data)", "js"),
            "InternalEvents.trackEvent(action, data, document.body.dataset.page)");
  EXPECT_EQ(replacement("Api.trackRedisHllUserEvent('opened')", "vue"), "InternalEvents.trackEvent('opened')");
  EXPECT_EQ(replacement("tracker.track(buildStructEvent({ category: 'c', action: 'a', label: l }))", "js"),
            "await client.query(\"SELECT track_event('a', category => 'c', additional_properties => $1)\", "
            "[JSON.stringify({ label: l })])");
}

TEST(SourceCalls, PropertiesHaveTheirTypes) {
  EXPECT_THAT(
      call_in("Gitlab::Tracking.event('c', 'a', label: user.id, property: 'p', value: '3', value: size)", "rb").look_at,
      ElementsAre("label has to be text", "value has to be a number"));
}

TEST(SourceCalls, ComponentsWithTheMixin) {
  const std::string component =
      "mixins: [Tracking.mixin({ label: 'x' })],\nthis.track('click_it', { property: 'y' });\n";
  EXPECT_EQ(replacement(component, "vue"), "this.trackEvent('click_it', { property: 'y' })");
  EXPECT_EQ(count("this.track('click_it');\n", "vue"), 0U);
}

TEST(SourceCalls, WhatIsNoCallIsNotFound) {
  EXPECT_EQ(count("# HLLRedisCounter.track_event(:a)\nx = 1 # Gitlab::Tracking.event('a', 'b')\n", "rb"), 0U);
  EXPECT_EQ(count("// Tracking.event('a', 'b')\n/* trackStructEvent({}) */ x // trackStructEvent()\n", "js"), 0U);
  EXPECT_EQ(count("<!-- <a data-track-action='x'> --><%# Gitlab::Tracking.event('a', 'b') %>", "erb"), 0U);
  EXPECT_EQ(count("-# data: { track_action: 'x' }\n", "haml"), 0U);
  EXPECT_EQ(count("import { trackStructEvent } from 'x';\nfunction trackStructEvent(a) {}\n", "js"), 0U);
  EXPECT_EQ(
      count("def track_struct_event(a)\nexpect(Gitlab::Tracking).to receive(:event)\nHLLRedisCounter.track_events(1)",
            "rb"),
      0U);
  EXPECT_EQ(count("track_event(:a)\nPageCounter.count + 1\nPageCounter.count(x)\nErrorTracking.event('a', 'b')", "rb"),
            0U);
  EXPECT_EQ(count("find('[data-track-action=\"x\"]')\n", "js"), 0U);
  EXPECT_EQ(count("url = 'http://x'; Tracking.event('a', 'b')", "js"), 1U);
}

TEST(SourceCalls, WhatCannotBeReadIsLeftToSomebody) {
  const SourceCall open = call_in("HLLRedisCounter.track_event(:a, values: [1\n", "rb");
  EXPECT_EQ(open.replacement, "");
  EXPECT_EQ(open.found, "HLLRedisCounter.track_event(:a, values: [1");
  EXPECT_THAT(open.look_at, ElementsAre("its arguments are not the usual ones; rewrite it by hand"));
  EXPECT_EQ(replacement("HLLRedisCounter.track_event(*args)", "rb"), "");
  EXPECT_EQ(replacement("include ProductAnalyticsTracking\ntrack_event :show, name: 'x'\n", "rb"), "");
  EXPECT_EQ(replacement("track_redis_hll_event :show, name: 'x'\n", "rb"), "");
  EXPECT_THAT(call_in("Gitlab::Tracking.event(name, \"a_#{kind}\", **rest)", "rb").look_at,
              ElementsAre("the name is computed: define every event that it can be",
                          "what **rest holds has to be written out"));
}

TEST(SourceCalls, Attributes) {
  const SourceCall call = call_in(
      "<p>it's</p>\n<button class=\"a > b\"\n  data-track-label=\"<%= t(\"x\") %>\" data-track-action='click_it'\n"
      "  data-track-value=1 data-testid=\"y\">\n",
      "erb");
  EXPECT_EQ(call.position.line, 3);
  EXPECT_EQ(call.found, "data-track-label=\"<%= t(\"x\") %>\" data-track-action='click_it' data-track-value=1");
  EXPECT_EQ(call.replacement, "data-event-label=\"<%= t(\"x\") %>\" data-event-tracking='click_it' data-event-value=1");
  EXPECT_EQ(call.event, "click_it");
  EXPECT_EQ(replacement("<gl-button data-track-action=\"a\" :data-track-property=\"kind\" />", "vue"),
            "data-event-tracking=\"a\" :data-event-property=\"kind\"");
  EXPECT_EQ(call_in("<gl-button :data-track-action=\"name\" />", "vue").event, "");
  EXPECT_EQ(replacement("<div data-track-action=\"render\">", "html"),
            "data-event-tracking=\"render\" data-event-tracking-load=\"true\"");
}

TEST(SourceCalls, AttributesAsHashes) {
  EXPECT_EQ(
      replacement("#main\n  = link_to 'x', path, data: { track_label: 'l', track_action: 'go', toggle: 1 }\n", "haml"),
      "event_label: 'l', event_tracking: 'go'");
  EXPECT_EQ(replacement("%a{ 'data-track-action' => 'go', \"data-track-extra\" => '{}' }\n", "haml"),
            "'data-event-tracking' => 'go', \"data-event-additional\" => '{}'");
  EXPECT_EQ(replacement("attrs: {\n  'data-track-action': 'go',\n  'data-track-experiment': 'e',\n}", "js"),
            "'data-event-tracking': 'go'");
  EXPECT_THAT(call_in("data: { track_action: 'go', track_context: c }", "rb").look_at,
              ElementsAre("context has no successor: make it a property, or leave it out"));
}

TEST(SourceCalls, AnythingIsReadToItsEnd) {
  const std::string text =
      "Gitlab::Tracking.event('a', \"b#{c}\", label: {x: [1, 'y']}) data-track-action='x' trackStructEvent({a: `${b}`})"
      " HLLRedisCounter.track_event :a, values: 1 <a data-track-action=\"<%= x %>\"> { track_action: 'y' }";
  for (const char *extension : {"rb", "haml", "erb", "vue", "js", "py"}) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      find_calls(std::string_view(text).substr(0, size), *language_of_extension(extension), {});
      find_calls(std::string_view(text).substr(size), *language_of_extension(extension), {});
    }
  }
}

}  // namespace
}  // namespace internal_events::core
