#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/evp.h>

#include <string>

#include "core/snowplow/iglu.hpp"

namespace internal_events::core {
namespace {

using testing::HasSubstr;

constexpr const char *web_page = "iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0";
constexpr const char *page = R"({"id": "c6ef3124-b53a-4b13-a233-0088f79dcbcb"})";

// A text in base64, as a tracker in Ruby writes it.
std::string base64(const std::string &text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char *>(encoded.data()),
                  reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
  encoded.pop_back();
  return encoded;
}

// The same, as a tracker in JavaScript writes it.
std::string url_safe(const std::string &text) {
  std::string encoded = base64(text);
  encoded.erase(encoded.find_last_not_of('=') + 1);
  for (char &c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return encoded;
}

// Data with the schema that they name.
std::string entity(const std::string &schema, const std::string &data) {
  return R"({"schema": ")" + schema + R"(", "data": )" + data + "}";
}

// The envelope of contexts, or of an event.
std::string contexts(const std::string &data, const std::string &version = "1-0-0") {
  return entity("iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/" + version, data);
}

std::string event(const std::string &data) {
  return entity("iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", data);
}

// What is wrong with embedded JSON, plain and in both alphabets alike; "" for nothing.
std::string key_fault(const std::string &plain_key, const std::string &encoded_key, const std::string &json) {
  const std::string found = embedded_json_fault(plain_key, json).value_or("");
  EXPECT_EQ(embedded_json_fault(encoded_key, base64(json)).value_or(""), found) << json;
  EXPECT_EQ(embedded_json_fault(encoded_key, url_safe(json)).value_or(""), found) << json;
  return found;
}

std::string contexts_fault(const std::string &json) {
  return key_fault("co", "cx", json);
}

std::string event_fault(const std::string &json) {
  return key_fault("ue_pr", "ue_px", json);
}

// Brackets around a text, so many deep.
std::string nested(int depth, const std::string &text) {
  return std::string(static_cast<std::size_t>(depth), '[') + text + std::string(static_cast<std::size_t>(depth), ']');
}

TEST(IgluEnvelope, HoldsContexts) {
  EXPECT_EQ(contexts_fault(contexts("[" + entity(web_page, page) + "]")), "");
  EXPECT_EQ(
      contexts_fault(contexts("[" + entity(web_page, page) + "," + entity("iglu:a/b/jsonschema/9-9-9", "1") + "]")),
      "");
  EXPECT_EQ(contexts_fault(contexts("[]", "1-0-1")), "");
  EXPECT_EQ(contexts_fault(contexts("[]")), "Array should contain no fewer than 1 elements.");
}

TEST(IgluEnvelope, HoldsAnEvent) {
  EXPECT_EQ(event_fault(event(entity("iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1",
                                     R"({"targetUrl": "https://ä/?a=>>>???"})"))),
            "");
  EXPECT_EQ(event_fault(event(entity("iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1", "{}"))),
            "link_click: Missing required property 'targetUrl'.");
  EXPECT_EQ(event_fault(event("[]")), "Value type not permitted by 'type' constraint.");
  EXPECT_EQ(event_fault(event(R"({"schema": "iglu:a/b/jsonschema/1-0-0"})")), "Missing required property 'data'.");
  EXPECT_EQ(event_fault(event(R"({"schema": "iglu:a/b/jsonschema/1-0-0", "data": 1, "c": 1})")),
            "a key that its schema does not have");
}

TEST(IgluEnvelope, HasExactlyTwoKeys) {
  const std::string expected = "it has not exactly the keys schema and data";
  for (const char *json : {"1", "[]", "{}", "null", "\"\"", R"({"schema": "iglu:a/b/jsonschema/1-0-0"})",
                           R"({"data": []})", R"({"schema": 1, "data": []})",
                           R"({"schema": "a", "data": [], "more": 1})", R"({"schema": "a", "Data": []})"}) {
    EXPECT_EQ(contexts_fault(json), expected) << json;
    EXPECT_EQ(event_fault(json), expected) << json;
  }
}

TEST(IgluEnvelope, IsOfItsOwnSchema) {
  const std::string data = "[" + entity(web_page, page) + "]";
  const std::string expected = "its schema is not contexts 1-0-*";
  for (const std::string schema : {"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-1-0",
                                   "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/2-0-0",
                                   "iglu:com.snowplowanalytics.snowplow/contexts/avro/1-0-0",
                                   "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0",
                                   "iglu:com.acme/contexts/jsonschema/1-0-0", "contexts", ""}) {
    EXPECT_EQ(contexts_fault(entity(schema, data)), expected) << schema;
  }
  EXPECT_EQ(event_fault(contexts(data)), "its schema is not unstruct_event 1-0-*");
}

TEST(IgluEnvelope, LetsEachEntityBeChecked) {
  EXPECT_EQ(contexts_fault(contexts("[" + entity(web_page, page) + "," + entity(web_page, R"({"id": 5})") + "]")),
            "web_page: /id: Value type not permitted by 'type' constraint.");
  EXPECT_EQ(contexts_fault(contexts("[" + entity("iglu:a/b/1-0-0", "{}") + "]")),
            "\"iglu:a/b/1-0-0\" is no address of a schema");
  EXPECT_EQ(contexts_fault(contexts("[1]")), "/0: Value type not permitted by 'type' constraint.");
  EXPECT_EQ(contexts_fault(contexts(R"([{"schema": 1, "data": 1}])")),
            "/0/schema: Value type not permitted by 'type' constraint.");
  EXPECT_EQ(contexts_fault(contexts(R"([{"data": 1}])")), "/0: Missing required property 'schema'.");
}

TEST(IgluEnvelope, IsJson) {
  for (const std::string json :
       {"", "{", "{'a': 1}", "nul", "[1,]", "{} {}", "[1e400]", "[\"\xff\"]", "[\"\\ud800\"]", "// a\n{}", "\"\\"}) {
    EXPECT_EQ(contexts_fault(json), "no JSON") << json;
  }
  EXPECT_EQ(embedded_json_fault("cx", "no base64!").value(), "no base64");
  EXPECT_EQ(embedded_json_fault("ue_px", "{}").value(), "no base64");
}

TEST(IgluEnvelope, HasALimitOfDepth) {
  const auto of_depth = [](int depth) {
    // The brackets of the envelope, of its array and of the entity are three.
    return contexts("[" + entity("iglu:a/b/jsonschema/1-0-0", nested(depth - 3, "\"[[\\\"[[\\\\\"")) + "]");
  };
  EXPECT_EQ(contexts_fault(of_depth(40)), "");
  EXPECT_EQ(contexts_fault(of_depth(41)), "nested deeper than 40 levels");
  EXPECT_EQ(contexts_fault(nested(100'000, "")), "nested deeper than 40 levels");
  EXPECT_EQ(contexts_fault(std::string(100'000, '[')), "nested deeper than 40 levels");
  EXPECT_THAT(
      contexts_fault(contexts("[" + entity("iglu:a/b/jsonschema/1-0-0", "[[],[],[]" + std::string(100, ']')) + "]")),
      HasSubstr("no JSON"));
}

TEST(IgluEnvelope, IsInFourKeysOnly) {
  for (const char *key : {"c", "x", "px", "pr", "ue_na", "se_la", "", "tx", "CO"}) {
    EXPECT_EQ(embedded_json_fault(key, "garbage"), std::nullopt) << key;
  }
}

}  // namespace
}  // namespace internal_events::core
