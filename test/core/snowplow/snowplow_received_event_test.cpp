#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/snowplow/snowplow_event.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char *received_eid = "019aa3f0-1c2d-7abc-8def-0123456789ab";
constexpr const char *page_contexts =
    R"({"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[)"
    R"({"schema":"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0",)"
    R"("data":{"id":"c6ef3124-b53a-4b13-a233-0088f79dcbcb"}}]})";

TEST(ReceivedEvent, IsKeptAsItIs) {
  const json sent = {
      {"e", "pv"},       {"p", "web"},          {"tv", "js-4.10.1"}, {"url", "https://a/ä?b"}, {"page", "A \"page\""},
      {"vp", "800x600"}, {"co", page_contexts}, {"vid", "1"},        {"eid", received_eid}};
  const SnowplowEvent event = received_event(received_eid, sent.dump());
  EXPECT_EQ(event.fault, "");
  EXPECT_EQ(event.parameters, sent.dump());
}

TEST(ReceivedEvent, KeepsItsIdAndLosesItsStm) {
  const std::string other = "c6ef3124-b53a-4b13-a233-0088f79dcbcb";
  EXPECT_EQ(received_event(received_eid, R"({"tv": "t", "stm": "1", "p": "web", "e": "pv", "eid": ")" + other + "\"}")
                .parameters,
            R"({"e":"pv","eid":"019aa3f0-1c2d-7abc-8def-0123456789ab","p":"web","tv":"t"})");
  EXPECT_EQ(received_event(received_eid, R"({"tv": "t", "p": "web", "e": "pv"})").parameters,
            R"({"e":"pv","eid":"019aa3f0-1c2d-7abc-8def-0123456789ab","p":"web","tv":"t"})");
}

TEST(ReceivedEvent, ThatCannotBeValidSaysWhy) {
  const auto fault_with = [](const json &more) {
    json sent = {{"e", "pv"}, {"p", "web"}, {"tv", "t"}};
    sent.update(more);
    const SnowplowEvent event = received_event(received_eid, sent.dump());
    EXPECT_EQ(event.parameters, "");
    return event.fault;
  };
  for (const char *text : {"", "[]", "1", "null", "{", "\xff", "{\"a\": \"\xff\"}"}) {
    EXPECT_EQ(received_event(received_eid, text).fault, "what was received is no JSON object") << text;
  }
  EXPECT_EQ(received_event(received_eid, R"({"p": "web", "tv": "t"})").fault, "e: missing");
  EXPECT_EQ(received_event(received_eid, R"({"e": "pv", "tv": "t"})").fault, "p: missing");
  EXPECT_EQ(received_event(received_eid, R"({"e": "pv", "p": "web"})").fault, "tv: missing");
  EXPECT_EQ(received_event("1", R"({"e": "pv", "p": "web", "tv": "t"})").fault, "eid: \"1\" is not a UUID");
  EXPECT_EQ(fault_with({{"vid", 1}}), "vid: not text, as every value of the protocol is");
  EXPECT_EQ(fault_with({{"stm", nullptr}}), "stm: not text, as every value of the protocol is");
  EXPECT_EQ(fault_with({{"cv", "1"}}), "cv: payload_data 1-0-4 has no such key");
  EXPECT_EQ(fault_with({{"e", "ad"}}), "e: \"ad\" is not one of se, ue, pv, pp, tr, ti");
  EXPECT_EQ(fault_with({{"vp", "800.5x600"}}), "vp: \"800.5x600\" is not a size such as 1920x1080");
  EXPECT_EQ(fault_with({{"co", "{}"}}), "co: it has not exactly the keys schema and data");
  EXPECT_EQ(fault_with({{"cx", "{}"}}), "cx: no base64");
  EXPECT_EQ(fault_with({{"ue_pr", page_contexts}}), "ue_pr: its schema is not unstruct_event 1-0-*");
  EXPECT_THAT(fault_with({{"ue_na", std::string(900'000, 'a')}}),
              HasSubstr(" bytes; a collector takes 900000 at most"));
}

}  // namespace
}  // namespace internal_events::core
