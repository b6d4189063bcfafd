#include "core/snowplow/snowplow_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace internal_events::core {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char *eid = "019aa3f0-1c2d-7abc-8def-0123456789ab";

// Settings as they are where nobody has set anything.
SnowplowSettings settings() {
  SnowplowSettings made;
  made.name_space = "gl";
  made.tracker_version = "internal_events-0.2.0";
  made.vendor = "com.gitlab";
  made.environment = "production";
  made.instance_id = "c6ef3124-b53a-4b13-a233-0088f79dcbcb";
  made.secret = "secret";
  return made;
}

SnowplowSettings with_schema(const std::string &schema, UserIds user_ids = UserIds::pseudonymous) {
  SnowplowSettings made = settings();
  made.standard_schema = schema;
  made.user_ids = user_ids;
  return made;
}

SnowplowSettings with_version(int version, UserIds user_ids = UserIds::pseudonymous) {
  return with_schema("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-" + std::to_string(version), user_ids);
}

// An event with nothing but what each one has.
LoggedAction bare_action() {
  LoggedAction action;
  action.id = eid;
  action.name = "issue_created";
  action.category = "InternalEventTracking";
  action.happened_at = 1'700'000'000'023;
  return action;
}

// An event with all that one can have.
LoggedAction full_action() {
  LoggedAction action = bare_action();
  action.user_id = 42;
  action.project_id = 7;
  action.namespace_id = 8;
  action.label = "a \"label\" ä";
  action.property = "prop";
  action.value = "1.10";
  action.extra = R"({"ratio": 2.50, "id": 12345678901234567890123, "name": "x"})";
  action.namespace_ids = "[1, 2]";
  return action;
}

SnowplowEvent structured_event(const LoggedAction &action, const SnowplowSettings &settings) {
  return StructuredEvents(settings).make(action);
}

std::string settings_fault(const SnowplowSettings &settings) {
  return StructuredEvents(settings).settings_fault();
}

// The data of a context of a valid event, by its place.
json context_of(const SnowplowEvent &event, std::size_t place = 0) {
  EXPECT_EQ(event.fault, "");
  return json::parse(json::parse(event.parameters).at("co").get<std::string>()).at("data").at(place);
}

json standard_of(const LoggedAction &action, const SnowplowSettings &settings) {
  return context_of(structured_event(action, settings)).at("data");
}

TEST(StructuredEvent, HasEveryParameter) {
  SnowplowSettings all = settings();
  all.app_id = "gitlab_sm";
  all.host_name = "gitlab.example.com";
  all.instance_version = "18.6.0";
  const SnowplowEvent event = structured_event(full_action(), all);
  EXPECT_EQ(event.fault, "");
  const std::string standard =
      R"({"environment":"production","host_name":"gitlab.example.com",)"
      R"("instance_id":"c6ef3124-b53a-4b13-a233-0088f79dcbcb","instance_version":"18.6.0","source":"internal_events",)"
      R"("context_generated_at":"2023-11-14T22:13:20.023Z","user_id":"k8Eh56pDeh4B48USxvDOPIIag5Al3KRAj4VhbeSq7nA=",)"
      R"("project_id":7,"namespace_id":8,"feature_enabled_by_namespace_ids":[1, 2],)"
      R"("extra":{"ratio": 2.50, "id": 12345678901234567890123, "name": "x"}})";
  const std::string contexts = R"({"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[)"
                               R"({"schema":"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8","data":)" +
                               standard +
                               R"(},{"schema":"iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1",)"
                               R"("data":{"data_source":"redis_hll","event_name":"issue_created"}}]})";
  const json expected = {{"aid", "gitlab_sm"},
                         {"co", contexts},
                         {"dtm", "1700000000023"},
                         {"e", "se"},
                         {"eid", eid},
                         {"p", "srv"},
                         {"se_ac", "issue_created"},
                         {"se_ca", "InternalEventTracking"},
                         {"se_la", "a \"label\" ä"},
                         {"se_pr", "prop"},
                         {"se_va", "1.10"},
                         {"tna", "gl"},
                         {"tv", "internal_events-0.2.0"}};
  EXPECT_EQ(event.parameters, expected.dump());
}

TEST(StructuredEvent, HasNothingThatIsNotThere) {
  SnowplowSettings few = settings();
  few.name_space = "";
  const SnowplowEvent event = structured_event(bare_action(), few);
  const json parameters = json::parse(event.parameters);
  for (const char *key : {"aid", "tna", "se_la", "se_pr", "se_va", "stm"})
    EXPECT_FALSE(parameters.contains(key)) << key;
  EXPECT_EQ(context_of(event).at("data"), json({{"context_generated_at", "2023-11-14T22:13:20.023Z"},
                                                {"environment", "production"},
                                                {"instance_id", "c6ef3124-b53a-4b13-a233-0088f79dcbcb"},
                                                {"source", "internal_events"}}));
}

TEST(StructuredEvent, IsTheSameEachTime) {
  EXPECT_EQ(structured_event(full_action(), settings()).parameters,
            structured_event(full_action(), settings()).parameters);
}

TEST(StructuredEvent, SaysWhenItHappened) {
  const auto time_of = [](std::int64_t milliseconds) -> std::string {
    LoggedAction action = bare_action();
    action.happened_at = milliseconds;
    return standard_of(action, settings()).at("context_generated_at");
  };
  EXPECT_EQ(time_of(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_of(1'709'164'800'999), "2024-02-29T00:00:00.999Z");
  EXPECT_EQ(time_of(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(time_of(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

TEST(StructuredEvent, HasAPseudonymForItsUser) {
  EXPECT_EQ(standard_of(full_action(), settings()).at("user_id"), "k8Eh56pDeh4B48USxvDOPIIag5Al3KRAj4VhbeSq7nA=");
  const SnowplowEvent event = structured_event(full_action(), settings());
  EXPECT_THAT(event.parameters, Not(HasSubstr(":42")));
  EXPECT_THAT(event.parameters, Not(HasSubstr("\"42")));
}

TEST(StructuredEvent, NamesItsUserOnlyWhereThatIsWanted) {
  SnowplowSettings other = settings();
  other.user_ids = UserIds::none;
  EXPECT_FALSE(standard_of(full_action(), other).contains("user_id"));
  other.user_ids = UserIds::plain;
  EXPECT_EQ(standard_of(full_action(), other).at("user_id"), json(42));
  LoggedAction large = full_action();
  for (const std::int64_t id : {2'147'483'648, -1L}) {
    large.user_id = id;
    EXPECT_EQ(standard_of(large, other).at("user_id"), json(std::to_string(id)));
  }
  LoggedAction nobody = full_action();
  nobody.user_id.reset();
  EXPECT_FALSE(standard_of(nobody, other).contains("user_id"));
}

TEST(StructuredEvent, HasNoTextAsUserIdBeforeVersion5) {
  LoggedAction large = full_action();
  large.user_id = 2'147'483'648;
  for (int version = 0; version < 9; ++version) {
    const bool may_be_text = version >= 5;
    const SnowplowEvent event = structured_event(full_action(), with_version(version));
    EXPECT_EQ(context_of(event).at("schema"),
              "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-" + std::to_string(version));
    EXPECT_EQ(context_of(event).at("data").contains("user_id"), may_be_text) << version;
    EXPECT_EQ(standard_of(full_action(), with_version(version, UserIds::plain)).at("user_id"), json(42)) << version;
    EXPECT_EQ(structured_event(large, with_version(version, UserIds::plain)).fault == "", may_be_text) << version;
  }
}

TEST(StructuredEvent, MayBeSomebodyElses) {
  SnowplowSettings acme = settings();
  acme.vendor = "com.acme";
  const SnowplowEvent event = structured_event(full_action(), acme);
  EXPECT_EQ(context_of(event, 0).at("schema"), "iglu:com.acme/gitlab_standard/jsonschema/1-1-8");
  EXPECT_EQ(context_of(event, 1).at("schema"), "iglu:com.acme/gitlab_service_ping/jsonschema/1-0-1");
  acme.standard_schema = "iglu:org.acme/who_and_where/jsonschema/2-0-0";
  const SnowplowEvent other = structured_event(full_action(), acme);
  EXPECT_EQ(context_of(other, 0).at("schema"), "iglu:org.acme/who_and_where/jsonschema/2-0-0");
  EXPECT_EQ(context_of(other, 0).at("data"), context_of(event, 0).at("data"));
  EXPECT_EQ(context_of(other, 1).at("schema"), "iglu:com.acme/gitlab_service_ping/jsonschema/1-0-1");
}

// GitLab's rules hold for a schema of the same name and version, and for no other.
TEST(StructuredEvent, IsCheckedAsGitlabsSchemaWantsIt) {
  LoggedAction far = full_action();
  far.project_id = 2'147'483'648;
  const std::string expected = "gitlab_standard: /project_id: Expected number less than or equal to 2147483647.000000";
  EXPECT_EQ(structured_event(far, settings()).fault, expected);
  EXPECT_EQ(structured_event(far, with_schema("iglu:com.acme/gitlab_standard/jsonschema/1-1-0")).fault, expected);
  EXPECT_EQ(structured_event(far, with_schema("iglu:com.acme/who_and_where/jsonschema/1-1-0")).fault, "");
  EXPECT_EQ(structured_event(far, with_schema("iglu:com.acme/gitlab_standard/jsonschema/2-0-0")).fault, "");
}

TEST(StructuredEvent, ThatCannotBeValidSaysWhy) {
  const auto fault_of = [](const LoggedAction &action) {
    const SnowplowEvent event = structured_event(action, settings());
    EXPECT_EQ(event.parameters, "");
    return event.fault;
  };
  LoggedAction action = full_action();
  action.name = std::string(129, 'a');
  EXPECT_EQ(fault_of(action),
            "gitlab_service_ping: /event_name: String should be no more than 128 characters in length.");
  action = full_action();
  action.label = std::string(4097, 'a');
  EXPECT_EQ(fault_of(action), "se_la: longer than 4096 characters");
  action = full_action();
  action.category = std::string(1001, 'a');
  EXPECT_EQ(fault_of(action), "se_ca: longer than 1000 characters");
  action = full_action();
  action.value = "many";
  EXPECT_EQ(fault_of(action), "se_va: \"many\" is not a number");
  action = full_action();
  action.happened_at = 253'402'300'800'000;
  EXPECT_EQ(fault_of(action), "dtm: \"253402300800000\" is not milliseconds since 1970");
  action = full_action();
  action.namespace_ids = "[1, -2]";
  EXPECT_THAT(fault_of(action), HasSubstr("/feature_enabled_by_namespace_ids/1: Expected number greater"));
  action.namespace_ids = "[1" + std::string(400, '0') + "]";
  EXPECT_EQ(fault_of(action), "gitlab_standard: /feature_enabled_by_namespace_ids: no JSON");
  action = full_action();
  action.extra = R"({"a": ")" + std::string(900'000, 'a') + "\"}";
  EXPECT_THAT(fault_of(action), HasSubstr(" bytes; a collector takes 900000 at most"));
}

TEST(SnowplowSettings, AreRightAsTheyComeByDefault) {
  EXPECT_EQ(settings_fault(settings()), "");
  for (int version = 0; version < 9; ++version) EXPECT_EQ(settings_fault(with_version(version)), "");
  EXPECT_EQ(settings_fault(with_schema("iglu:com.acme/who_and_where/jsonschema/2-0-0")), "");
}

TEST(SnowplowSettings, NameSchemas) {
  const std::string rest = " is no address of a schema; write it like iglu:com.acme/gitlab_standard/jsonschema/1-1-8";
  for (const std::string schema :
       {"1-1-8", "iglu:com.acme/gitlab_standard/1-1-8", "com.acme/gitlab_standard/jsonschema/1-1-8"}) {
    EXPECT_EQ(settings_fault(with_schema(schema)), "\"" + schema + "\"" + rest);
    EXPECT_EQ(structured_event(full_action(), with_schema(schema)).fault, "\"" + schema + "\"" + rest);
  }
  for (const std::string vendor : {"", "com/acme", "com acme"}) {
    SnowplowSettings wrong = settings();
    wrong.vendor = vendor;
    EXPECT_EQ(settings_fault(wrong), "\"" + vendor + "\"" + rest);
    wrong.standard_schema = "iglu:com.acme/gitlab_standard/jsonschema/1-1-8";
    EXPECT_EQ(settings_fault(wrong), "\"" + vendor + "\"" + rest);
  }
}

TEST(SnowplowSettings, ThatMakeEveryEventWrongAreRefused) {
  const auto fault_with = [](auto change) {
    SnowplowSettings wrong = settings();
    change(wrong);
    return settings_fault(wrong);
  };
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.app_id = std::string(256, 'a'); }), "aid: longer than 255 characters");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.name_space = std::string(129, 'a'); }),
            "tna: longer than 128 characters");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.environment = std::string(33, 'a'); }),
            "gitlab_standard: /environment: String should be no more than 32 characters in length.");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.host_name = std::string(256, 'a'); }),
            "gitlab_standard: /host_name: String should be no more than 255 characters in length.");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.instance_version = std::string(256, 'a'); }),
            "gitlab_standard: /instance_version: String should be no more than 255 characters in length.");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.standard_schema = "iglu:com.gitlab/custom_event/jsonschema/1-0-0"; }),
            "custom_event: Missing required property 'name'.");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.environment = "\xff"; }), "environment is no plain text in UTF-8");
  EXPECT_EQ(fault_with([](auto &wrong) { wrong.app_id = "a\xc3"; }), "app_id is no plain text in UTF-8");
}

}  // namespace
}  // namespace internal_events::core
