#include "core/delivery/send_service_pings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/scripted_session.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A session with two pings that are due.
class SendServicePings : public testing::Test {
 protected:
  SendServicePings() {
    session.settings["service_ping_url"] = "http://receiver/ping";
    session.reply("claim_service_ping", {"7", "1", "f", "key", "{}"});
    session.reply("claim_service_ping", {"8", "1", "t", "key", "{}"});
    session.answer = [this](const HttpRequest &) {
      HttpResponse response;
      response.status = status;
      return response;
    };
  }

  void send() {
    send_service_pings(session, [this](const ClaimedPing &ping, const Attempt &) { told.push_back(ping.id); });
  }

  ScriptedSession session;
  int status = 200;
  std::vector<std::string> told;
};

TEST_F(SendServicePings, SendsUntilNothingIsDue) {
  send();
  EXPECT_THAT(told, ElementsAre("7", "8"));
  ASSERT_THAT(session.requests, SizeIs(2));
  EXPECT_EQ(session.requests[1].url, "http://receiver/ping/error");
  EXPECT_THAT(session.calls, ElementsAre("claim_service_ping()", "record_service_ping_attempt(7, 1, 200, null, null)",
                                         "claim_service_ping()", "record_service_ping_attempt(8, 1, 200, null, null)",
                                         "claim_service_ping()"));
}

TEST_F(SendServicePings, StopsWhereTheReceiverIsOutOfOrder) {
  status = 503;
  send();
  EXPECT_THAT(told, ElementsAre("7"));
}

TEST_F(SendServicePings, ClaimsNothingWithoutAnAddress) {
  session.settings["service_ping_url"] = "";
  send();
  EXPECT_THAT(session.calls, IsEmpty());
}

TEST_F(SendServicePings, NoticesThatTheAddressIsRemoved) {
  session.when_checked = [this] { session.settings["service_ping_url"] = ""; };
  send();
  EXPECT_THAT(told, ElementsAre("7"));
}

TEST_F(SendServicePings, RecordsAnInterruptedAttempt) {
  session.answer = [](const HttpRequest &) -> HttpResponse { throw ScriptedError("57014"); };
  EXPECT_THROW(send(), ScriptedError);
  EXPECT_THAT(told, IsEmpty());
  EXPECT_THAT(
      session.calls,
      ElementsAre("claim_service_ping()",
                  "record_service_ping_attempt(7, 1, null, null, interrupted: whether it arrived is not known)"));
}

TEST_F(SendServicePings, TellsTheFirstOfTwoFailures) {
  session.answer = [](const HttpRequest &) -> HttpResponse { throw std::runtime_error("stopped"); };
  session.fail("record_service_ping_attempt", "");
  EXPECT_THROW(
      {
        try {
          send();
        } catch (const std::runtime_error &error) {
          EXPECT_STREQ(error.what(), "stopped");
          throw;
        }
      },
      std::runtime_error);
}

}  // namespace
}  // namespace internal_events::core
