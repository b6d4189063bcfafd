#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/delivery/delivery_settings.hpp"
#include "core/delivery/forwarding_statements.hpp"
#include "core/delivery/building_statements.hpp"
#include "core/delivery/service_ping_delivery.hpp"

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

HttpResponse answered(int status, const std::string &body = "") {
  HttpResponse response;
  response.status = status;
  response.body = body;
  return response;
}

// Where a ping or report goes that has this address.
std::string address_of(const std::string &url, bool is_report) {
  return service_ping_request({}, url, {"1", "1", is_report, "key", "{}"}).url;
}

TEST(ServicePingDelivery, SendsReportsToThePathBelow) {
  EXPECT_EQ(address_of("https://a/ping", false), "https://a/ping");
  EXPECT_EQ(address_of("https://a/ping", true), "https://a/ping/error");
  EXPECT_EQ(address_of("https://a/ping/", true), "https://a/ping/error");
  EXPECT_EQ(address_of("https://a/ping?b=c?d", true), "https://a/ping/error?b=c?d");
}

TEST(ServicePingDelivery, TakesAnySuccess) {
  EXPECT_EQ(attempt_of(answered(204)).error, std::nullopt);
  EXPECT_EQ(attempt_of(answered(204)).response, std::nullopt);
  EXPECT_THAT(attempt_of(answered(299, "ok")).response, Optional(std::string("ok")));
  HttpResponse cut = answered(200, "o");
  cut.truncated = true;
  EXPECT_EQ(attempt_of(cut).error, std::nullopt);
  EXPECT_EQ(attempt_of(cut).response, std::nullopt);
}

TEST(ServicePingDelivery, GoesOnAfterARefusalOnly) {
  EXPECT_TRUE(attempt_of(answered(404)).is_answered());
  EXPECT_FALSE(attempt_of(answered(503)).is_answered());
  HttpResponse none = answered(0);
  none.error = "the host is unknown";
  EXPECT_FALSE(attempt_of(none).is_answered());
  EXPECT_THAT(attempt_of(none).error, Optional(none.error));
}

TEST(ServicePingDelivery, ShowsNoPasswordOfARedirect) {
  HttpResponse redirect = answered(301);
  redirect.location = "https://mole:Graham@b/";
  EXPECT_THAT(attempt_of(redirect).error, Optional(HasSubstr("https://***@b/")));
}

TEST(ServicePingDelivery, ClaimsNothingWhereNothingIsDue) {
  EXPECT_FALSE(claimed_ping_of({}).has_value());
  EXPECT_FALSE(claimed_ping_of({std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt}).has_value());
  const auto ping = claimed_ping_of({"7", "2", "t", "key", "{}"});
  ASSERT_TRUE(ping.has_value());
  EXPECT_TRUE(ping->is_report);
  EXPECT_THAT(record_attempt(*ping, interrupted_attempt()).parameters,
              ElementsAre("7", "2", std::nullopt, std::nullopt, "interrupted: whether it arrived is not known"));
}

TEST(ForwardingStatements, TellAnotherSessionFromAWait) {
  EXPECT_EQ(forwarding_begin_of({"f", std::nullopt, "session 1 is sending"}).delay, std::nullopt);
  EXPECT_EQ(forwarding_begin_of({"f", "60000", "left alone"}).delay, milliseconds(60'000));
  EXPECT_TRUE(forwarding_begin_of({"t", "0", std::nullopt}).may_send);
}

TEST(ForwardingStatements, ReadAnEmptyPortion) {
  const Portion portion = portion_of({{std::nullopt, std::nullopt, "f", "t"}});
  EXPECT_THAT(portion.events, IsEmpty());
  EXPECT_TRUE(portion.has_more);
}

TEST(ForwardingStatements, StoreWhatWasRefusedWhateverItsBytes) {
  Outcome outcome;
  outcome.delivered = {"a", "b"};
  outcome.refused["c"] = "\xff";
  EXPECT_THAT(record_outcome(outcome).parameters, ElementsAre("{a,b}", "{}", R"({"c":"�"})", std::nullopt, "false"));
}

TEST(BuildStatements, StoreWhatPrometheusSaid) {
  const auto stored = [](const std::optional<PrometheusAnswer> &answer) {
    return record_prometheus("7", "3", answer, std::chrono::milliseconds(1500)).parameters;
  };
  EXPECT_THAT(stored(PrometheusAnswer{"1", ""}),
              ElementsAre("7", "3", "1", "ok", std::nullopt, std::nullopt, "1.500000"));
  EXPECT_THAT(stored(PrometheusAnswer{"", ""}),
              ElementsAre("7", "3", std::nullopt, "ok", std::nullopt, std::nullopt, "1.500000"));
  EXPECT_THAT(stored(no_prometheus()), ElementsAre("7", "3", std::nullopt, "error", "08006",
                                                   "internal_events.prometheus_url is not set", "1.500000"));
  EXPECT_THAT(stored(std::nullopt),
              ElementsAre("7", "3", std::nullopt, "not_measured", std::nullopt, std::nullopt, "1.500000"));
}

}  // namespace
}  // namespace internal_events::core
