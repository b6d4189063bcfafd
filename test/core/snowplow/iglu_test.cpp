#include "core/snowplow/iglu.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ContainerEq;

constexpr const char *unknown_key = "a key that its schema does not have";

// Data that a schema takes, data that it does not take, and what is said about those.
struct Example {
  const char *good;
  const char *bad;
  std::string fault;
};

// An example for each schema of Snowplow's that is built in.
std::map<std::string, Example> snowplow_examples() {
  const std::string at = "iglu:com.snowplowanalytics.snowplow/";
  const std::string no_enum = "Failed to match against any enum values.";
  const std::string wrong_type = "Value type not permitted by 'type' constraint.";
  const char *entity = R"({"schema": "iglu:a/b/jsonschema/1-0-0", "data": {}})";
  const char *field = R"({"formId": "f", "elementId": "e", "nodeName": "INPUT", "value": null})";
  const char *other_field = R"({"formId": "f", "elementId": "e", "nodeName": "DIV", "value": null})";
  return {
      {at + "payload_data/jsonschema/1-0-4",
       {R"([{"e": "se", "p": "srv", "tv": "t"}])", R"([{"e": 1, "p": "srv", "tv": "t"}])", "/0/e: " + wrong_type}},
      {at + "contexts/jsonschema/1-0-0",
       {R"([{"schema": "", "data": 1}])", "[]", "Array should contain no fewer than 1 elements."}},
      {at + "contexts/jsonschema/1-0-1", {"[]", "{}", wrong_type}},
      {at + "unstruct_event/jsonschema/1-0-0", {entity, R"({"schema": "a"})", "Missing required property 'data'."}},
      {at + "web_page/jsonschema/1-0-0",
       {R"({"id": "c6ef3124-b53a-4b13-a233-0088f79dcbcb"})", R"({"id": "1"})",
        "/id: Failed to match regex specified by 'pattern' constraint."}},
      {at + "link_click/jsonschema/1-0-1",
       {R"({"targetUrl": "https://a"})", R"({"elementId": "a"})", "Missing required property 'targetUrl'."}},
      {at + "change_form/jsonschema/1-0-0", {field, other_field, "/nodeName: " + no_enum}},
      {at + "focus_form/jsonschema/1-0-0", {field, other_field, "/nodeName: " + no_enum}},
      {at + "submit_form/jsonschema/1-0-0",
       {R"({"formId": "f", "elements": [{"name": "n", "value": "v", "nodeName": "SELECT"}]})",
        R"({"formId": "f", "formClasses": ["a", 1]})", "/formClasses/1: " + wrong_type}},
      {at + "application_error/jsonschema/1-0-1",
       {R"({"programmingLanguage": "RUBY", "message": "m"})", R"({"programmingLanguage": "BASIC", "message": "m"})",
        "/programmingLanguage: " + no_enum}},
      {at + "browser_context/jsonschema/2-0-0",
       {R"({"viewport": "1x1", "documentSize": "1x1", "resolution": "1x1", "colorDepth": 24, "cookiesEnabled": true,
            "online": true})",
        R"({"viewport": "1x1", "documentSize": "1x1", "resolution": "1x1", "cookiesEnabled": true, "online": true})",
        "Missing required property 'colorDepth'."}},
      {at + "client_session/jsonschema/1-0-2",
       {R"({"userId": "c6ef3124-b53a-4b13-a233-0088f79dcbcb", "sessionId": "c6ef3124-b53a-4b13-a233-0088f79dcbcb",
            "sessionIndex": 1, "storageMechanism": "COOKIE_1"})",
        R"({"userId": "c6ef3124b53a4b13", "sessionId": "c6ef3124-b53a-4b13-a233-0088f79dcbcb", "sessionIndex": -1,
            "storageMechanism": "COOKIE_1"})",
        "/sessionIndex: Expected number greater than or equal to 0.000000"}},
  };
}

// An example for each schema that is built in.
std::map<std::string, Example> examples() {
  const std::string at = "iglu:com.gitlab/";
  const std::string wrong_type = "Value type not permitted by 'type' constraint.";
  std::map<std::string, Example> all{
      {"iglu:org.w3/PerformanceTiming/jsonschema/1-0-0",
       {R"({"navigationStart": 1})", R"({"navigationStart": "1"})", "/navigationStart: " + wrong_type}},
      {"iglu:org.ietf/http_client_hints/jsonschema/1-0-0",
       {R"({"isMobile": false, "brands": [{"brand": "b", "version": "1"}]})",
        R"({"isMobile": false, "brands": [{"brand": "b"}]})", "/brands/0: Missing required property 'version'."}},
      {at + "gitlab_standard/jsonschema/1-1-8",
       {R"({"environment": "production"})", R"({"environment": null})", "/environment: " + wrong_type}},
      {at + "gitlab_service_ping/jsonschema/1-0-0",
       {R"({"data_source": "redis", "key_path": "counts.a"})", R"({"data_source": 1})", "/data_source: " + wrong_type}},
      {at + "gitlab_service_ping/jsonschema/1-0-1",
       {R"({"data_source": "redis_hll", "event_name": "a"})", R"({"data_source": "redis_hll"})",
        "Missing required property 'event_name'."}},
      {at + "ai_context/jsonschema/1-0-1",
       {R"({"session_id": 5, "model_name": null})", R"({"input_tokens": -1})",
        "/input_tokens: Expected number greater than or equal to 0.000000"}},
      {at + "custom_event/jsonschema/1-0-0",
       {R"({"name": "n", "props": {"a": [1]}})", R"({"name": "n", "more": 1})", unknown_key}},
      {at + "user_context/jsonschema/1-0-0", {R"({"anything": 1})", "[]", wrong_type}},
      {at + "gitlab_experiment/jsonschema/1-0-3",
       {R"({"experiment": "e", "key": "k", "variant": "v", "more": 1})", R"({"experiment": "e", "key": "k"})",
        "Missing required property 'variant'."}},
  };
  all.merge(snowplow_examples());
  return all;
}

// The address that a schema's file gives.
SchemaUri own_uri(const json &schema) {
  const json &self = schema.at("self");
  return {self.at("vendor"), self.at("name"), self.at("format"), self.at("version")};
}

// What a bundled schema says of data; "" for nothing.
std::string uri_fault(const std::string &uri, const json &data) {
  const std::optional<SchemaUri> found = schema_uri(uri);
  if (!found || !is_bundled(*found)) return uri + " is not bundled";
  return data_fault(*found, data).value_or("");
}

// What gitlab_standard 1-1-N says of a context with one more field.
std::string standard_fault(int n, const std::string &field, const json &value) {
  json context = {{"environment", "production"}};
  context[field] = value;
  return uri_fault("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-" + std::to_string(n), context);
}

TEST(IgluSchemas, AreFoundUnderTheirOwnAddresses) {
  const std::map<std::string, Example> expected = examples();
  std::set<std::string> addresses;
  for (const auto &entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "definitions/iglu")) {
    if (entry.path().extension() != ".json") continue;
    const SchemaUri uri = own_uri(json::parse(file_text(entry.path())));
    EXPECT_TRUE(is_bundled(uri)) << uri.text();
    EXPECT_EQ(schema_uri(uri.text()).value().text(), uri.text());
    EXPECT_EQ(entry.path().parent_path().filename(), uri.vendor);
    EXPECT_TRUE(entry.path().stem() == uri.name || entry.path().stem() == uri.name + "-" + uri.version) << entry.path();
    EXPECT_TRUE(addresses.insert(uri.text()).second) << uri.text();
  }
  std::set<std::string> with_examples;
  for (const auto &[address, example] : expected) with_examples.insert(address);
  EXPECT_THAT(addresses, ContainerEq(with_examples));
}

TEST(IgluSchemas, TakeSomeDataAndRefuseOthers) {
  for (const auto &[address, example] : examples()) {
    EXPECT_EQ(uri_fault(address, json::parse(example.good)), "") << address;
    EXPECT_EQ(uri_fault(address, json::parse(example.bad)), example.fault) << address;
  }
}

TEST(IgluSchemas, ThatAreUnknownRefuseNothing) {
  for (const char *text :
       {"iglu:com.acme/gitlab_standard/jsonschema/1-1-8", "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-9",
        "iglu:com.gitlab/gitlab_standard/jsonschema/1-0-0", "iglu:com.gitlab/gitlab_standard/avro/1-1-8",
        "iglu:com.gitlab/gitlab_standard/jsonschema/01-1-8", "iglu:com.gitlab/ai_context/jsonschema/1-0-2"}) {
    const SchemaUri uri = schema_uri(text).value();
    EXPECT_FALSE(is_bundled(uri)) << text;
    EXPECT_EQ(data_fault(uri, {{"a", 1}}), std::nullopt) << text;
  }
}

// Which version brought which fields, as section 3.1 of the reference has it.
TEST(GitlabStandard, HasTheFieldsOfEachVersion) {
  const std::vector<std::vector<const char *>> added{
      {"project_id", "namespace_id", "user_id", "is_gitlab_team_member", "feature_enabled_by_namespace_ids", "source",
       "plan", "google_analytics_id", "context_generated_at", "realm", "instance_id", "host_name", "instance_version",
       "global_user_id", "extra"},
      {"correlation_id"},
      {"interface", "client_name", "client_version", "client_type", "feature_category"},
      {"feature_enablement_type"},
      {"input_tokens", "output_tokens", "total_tokens", "model_engine", "model_name", "model_provider"},
      {"unique_instance_id"},
      {"ultimate_parent_namespace_id"},
      {"user_type", "deployment_type"},
      {"organization_id"},
  };
  ASSERT_EQ(added.size(), 9U);
  for (int version = 0; version < 9; ++version) {
    for (int since = 0; since < 9; ++since) {
      for (const char *field : added[static_cast<std::size_t>(since)]) {
        EXPECT_EQ(standard_fault(version, field, nullptr), since <= version ? "" : unknown_key)
            << field << " in 1-1-" << version;
      }
    }
    EXPECT_EQ(standard_fault(version, "other", nullptr), unknown_key);
    EXPECT_EQ(standard_fault(version, "environment", nullptr),
              "/environment: Value type not permitted by 'type' constraint.");
  }
}

TEST(GitlabStandard, TakesATextAsUserIdFromVersion5On) {
  for (int version = 0; version < 9; ++version) {
    EXPECT_EQ(standard_fault(version, "user_id", 2147483647), "");
    EXPECT_NE(standard_fault(version, "user_id", 2147483648), "");
    EXPECT_NE(standard_fault(version, "user_id", -1), "");
    EXPECT_EQ(standard_fault(version, "user_id", std::string(255, 'x')),
              version < 5 ? "/user_id: Value type not permitted by 'type' constraint." : "");
    EXPECT_NE(standard_fault(version, "user_id", std::string(256, 'x')), "");
    EXPECT_NE(standard_fault(version, "user_id", true), "");
  }
}

TEST(GitlabStandard, LimitsItsTexts) {
  const std::map<std::size_t, std::vector<const char *>> limits{
      {32, {"environment", "source", "plan", "google_analytics_id"}},
      {64,
       {"context_generated_at", "correlation_id", "global_user_id", "feature_enablement_type", "client_name",
        "client_version", "client_type", "model_engine", "model_name", "model_provider"}},
      {255,
       {"interface", "feature_category", "host_name", "instance_id", "instance_version", "unique_instance_id",
        "user_type"}},
  };
  for (const auto &[longest, fields] : limits) {
    for (const std::string field : fields) {
      EXPECT_EQ(standard_fault(8, field, std::string(longest, 'x')), "") << field;
      EXPECT_EQ(standard_fault(8, field, std::string(longest + 1, 'x')),
                "/" + field + ": String should be no more than " + std::to_string(longest) + " characters in length.");
      EXPECT_EQ(standard_fault(8, field, 1), "/" + field + ": Value type not permitted by 'type' constraint.");
    }
  }
}

TEST(GitlabStandard, LimitsItsNumbers) {
  for (const char *field : {"project_id", "namespace_id", "organization_id", "ultimate_parent_namespace_id",
                            "input_tokens", "output_tokens", "total_tokens"}) {
    for (const json &good : {json(0), json(2147483647)}) EXPECT_EQ(standard_fault(8, field, good), "") << field;
    for (const json &bad :
         {json(-1), json(2147483648), json(18446744073709551615U), json(1.5), json("1"), json(true)}) {
      EXPECT_NE(standard_fault(8, field, bad), "") << field << bad;
    }
  }
  EXPECT_EQ(standard_fault(8, "feature_enabled_by_namespace_ids", json::array({0, 2147483647})), "");
  EXPECT_NE(standard_fault(8, "feature_enabled_by_namespace_ids", json::array({0, 2147483648})), "");
  EXPECT_NE(standard_fault(8, "feature_enabled_by_namespace_ids", json::array({"1"})), "");
  EXPECT_NE(standard_fault(8, "feature_enabled_by_namespace_ids", 1), "");
}

TEST(GitlabStandard, KnowsWhatIsInItsLists) {
  for (const char *good : {"self-managed", "saas", "dedicated"}) EXPECT_EQ(standard_fault(8, "realm", good), "");
  EXPECT_NE(standard_fault(8, "realm", ".com"), "");
  for (const char *good : {"self-managed", ".com", "dedicated"})
    EXPECT_EQ(standard_fault(8, "deployment_type", good), "");
  EXPECT_NE(standard_fault(8, "deployment_type", "saas"), "");
  EXPECT_EQ(standard_fault(8, "is_gitlab_team_member", true), "");
  EXPECT_NE(standard_fault(8, "is_gitlab_team_member", 1), "");
  EXPECT_EQ(standard_fault(8, "extra", {{"a", 1}}), "");
  EXPECT_NE(standard_fault(8, "extra", json::array({1})), "");
}

TEST(AiContext, HasCacheCreationInItsSecondVersionOnly) {
  const json data = {{"cache_creation", 1}};
  EXPECT_EQ(uri_fault("iglu:com.gitlab/ai_context/jsonschema/1-0-1", data), "");
  EXPECT_EQ(uri_fault("iglu:com.gitlab/ai_context/jsonschema/1-0-0", data), unknown_key);
  EXPECT_EQ(uri_fault("iglu:com.gitlab/ai_context/jsonschema/1-0-0", {{"cache_read", 1}}), "");
}

TEST(SchemaUri, HasFourParts) {
  const SchemaUri uri = schema_uri("iglu:com.Acme-1_x/na-me_1/json-schema/1-10-999999999").value();
  EXPECT_EQ(uri.vendor, "com.Acme-1_x");
  EXPECT_EQ(uri.name, "na-me_1");
  EXPECT_EQ(uri.format, "json-schema");
  EXPECT_EQ(uri.version, "1-10-999999999");
}

TEST(SchemaUri, ThatIsNoneIsRefused) {
  for (const char *text : {"",
                           "iglu:",
                           "iglu:a/b/c/1-0-0/",
                           "iglu:a/b/c/d/1-0-0",
                           "iglu:a/b/1-0-0",
                           "a/b/c/1-0-0",
                           "IGLU:a/b/c/1-0-0",
                           " iglu:a/b/c/1-0-0",
                           "iglu:a/b/c/1-0-0 ",
                           "iglu:a/b/c/1-0-0\n",
                           "iglu:/b/c/1-0-0",
                           "iglu:a//c/1-0-0",
                           "iglu:a/b//1-0-0",
                           "iglu:a/b/c/",
                           "iglu:a/b.b/c/1-0-0",
                           "iglu:a/b/c.c/1-0-0",
                           "iglu:ä/b/c/1-0-0",
                           "iglu:a b/b/c/1-0-0",
                           "iglu:a/b/c/1-0",
                           "iglu:a/b/c/1-0-0-0",
                           "iglu:a/b/c/1-0-",
                           "iglu:a/b/c/-1-0-0",
                           "iglu:a/b/c/1--0",
                           "iglu:a/b/c/1.0.0",
                           "iglu:a/b/c/1-0-x",
                           "iglu:a/b/c/1-0-*",
                           "iglu:a/b/c/1-0-1000000000000",
                           "iglu:///",
                           "iglu:a/b/c"}) {
    EXPECT_FALSE(schema_uri(text)) << text;
  }
}

}  // namespace
}  // namespace internal_events::core
