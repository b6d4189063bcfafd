#include "core/delivery/snowplow_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t sent_at = 1'700'000'000'123;

// An event whose parameters have so many bytes.
QueuedEvent event_of(std::size_t bytes, bool is_alone = false) {
  const std::string frame = R"({"e":"se","aid":""})";
  return {"", R"({"e":"se","aid":")" + std::string(bytes - frame.size(), 'x') + "\"}", is_alone};
}

// How many bytes the request of a batch has.
std::size_t size_of(const std::vector<QueuedEvent> &events, const Batch &batch) {
  return request_body(events, batch, sent_at).size();
}

// An answer with a status and nothing else.
HttpResponse answered_with(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

TEST(SnowplowRequest, GoesToThePathOfTheCollector) {
  EXPECT_EQ(collector_url("http://a:9090", "/v/2"), "http://a:9090/v/2");
  EXPECT_EQ(collector_url("https://a/", "/v/2"), "https://a/v/2");
  EXPECT_EQ(collector_url("https://a/under", "/v/2"), "https://a/under/v/2");
  EXPECT_EQ(collector_url("https://a/v/2/", "/v/2"), "https://a/v/2");
}

TEST(SnowplowRequest, HasTheParametersAsTheyAreAndStm) {
  const std::vector<QueuedEvent> events{
      {"1", R"({"e":"se","se_va":"1.10"})"}, {"2", R"({"e": "pv"})"}, {"3", R"({"e":"ue"})"}};
  const std::string head = R"({"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[)";
  EXPECT_EQ(request_body(events, {0, 2}, sent_at),
            head + R"({"e":"se","se_va":"1.10","stm":"1700000000123"},{"e":"ue","stm":"1700000000123"}]})");
  EXPECT_EQ(request_body(events, {1}, 5), head + R"({"e": "pv","stm":"5"}]})");
  EXPECT_TRUE(nlohmann::json::accept(request_body(events, {0, 1, 2}, sent_at)));
}

TEST(SnowplowBatches, StayBelowTheLimitAndAreAsLargeAsTheyMayBe) {
  std::vector<QueuedEvent> events;
  for (std::size_t i = 0; i < 500; ++i) events.push_back(event_of(20 + i * 37 % 500));
  for (const std::size_t limit : {1'000U, 1'001U, 4'096U, 40'000U}) {
    const std::vector<Batch> batches = batches_of(events, limit);
    std::size_t next = 0;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      for (const std::size_t event : batches[i]) EXPECT_EQ(event, next++);
      EXPECT_LT(size_of(events, batches[i]), limit);
      if (i + 1 == batches.size()) continue;
      Batch longer = batches[i];
      longer.push_back(batches[i + 1].front());
      // The estimate has a comma more than there is.
      EXPECT_GE(size_of(events, longer), limit - 1);
    }
    EXPECT_EQ(next, events.size());
  }
}

TEST(SnowplowBatches, MayHaveASingleLargeEvent) {
  const std::vector<QueuedEvent> events{event_of(50), event_of(5'000), event_of(50), event_of(50)};
  EXPECT_THAT(batches_of(events, 1'000), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2, 3)));
  EXPECT_THAT(batches_of(events, 0), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(SnowplowBatches, HaveEventsThatGoAloneAlone) {
  const std::vector<QueuedEvent> events{event_of(50),       event_of(50, true), event_of(50), event_of(50),
                                        event_of(50, true), event_of(50, true), event_of(50)};
  EXPECT_THAT(batches_of(events, 10'000), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2, 3), ElementsAre(4),
                                                      ElementsAre(5), ElementsAre(6)));
}

TEST(SnowplowBatches, OfNothingAreNone) {
  EXPECT_THAT(batches_of({}, 40'000), IsEmpty());
}

TEST(SnowplowVerdict, IsGivenOnEveryStatus) {
  const std::set<int> split{400, 413, 422};
  const std::set<int> later{408, 429};
  for (int status = 100; status < 600; ++status) {
    const Verdict expected = split.contains(status)          ? Verdict::split
                             : later.contains(status)        ? Verdict::later
                             : status >= 400 && status < 500 ? Verdict::paused
                             : status >= 200 && status < 300 ? Verdict::delivered
                                                             : Verdict::later;
    EXPECT_EQ(verdict_on(answered_with(status)), expected) << status;
  }
  for (const int status : {-1, 0, 99, 600, 999}) EXPECT_EQ(verdict_on(answered_with(status)), Verdict::later) << status;
}

TEST(SnowplowVerdict, OnABrokenAnswerIsNeverDelivered) {
  for (int status = 100; status < 600; ++status) {
    HttpResponse broken = answered_with(status);
    broken.error = "the connection was reset";
    HttpResponse endless = answered_with(status);
    endless.truncated = true;
    const bool is_success = status >= 200 && status < 300;
    const Verdict expected = is_success ? Verdict::later : verdict_on(answered_with(status));
    EXPECT_EQ(verdict_on(broken), expected) << status;
    EXPECT_EQ(verdict_on(endless), expected) << status;
  }
}

TEST(SnowplowFault, SaysWhatHappenedAndWhatToDo) {
  EXPECT_EQ(fault_in(answered_with(503)), "the collector answered with status 503");
  EXPECT_EQ(fault_in(answered_with(400)), "the collector answered with status 400");
  EXPECT_EQ(fault_in(answered_with(403)),
            "the collector answered with status 403; let this server in, or mend the user and password in the address");
  EXPECT_EQ(fault_in(answered_with(401)),
            "the collector answered with status 401; let this server in, or mend the user and password in the address");
  for (const std::string status : {"404", "410"}) {
    EXPECT_EQ(fault_in(answered_with(std::stoi(status))),
              "the collector answered with status " + status + "; mend the address or the path");
  }
  HttpResponse redirect = answered_with(301);
  redirect.location = "https://b/";
  EXPECT_EQ(fault_in(redirect),
            "the collector answered with status 301, a redirect to https://b/, which is not followed: "
            "set the address to where it is to go");
  HttpResponse endless = answered_with(200);
  endless.truncated = true;
  EXPECT_EQ(fault_in(endless), "the collector's answer is longer than a collector's");
  endless.error = "reset";
  EXPECT_EQ(fault_in(endless), "reset");
}

}  // namespace
}  // namespace internal_events::core
