#include "core/delivery/forward_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/memory_queue.hpp"
#include "support/scripted_server.hpp"
#include "support/scripted_session.hpp"

namespace internal_events::core {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// A session that may forward two events, each in a request of its own.
class ForwardEvents : public testing::Test {
 protected:
  ForwardEvents() {
    session.settings["snowplow_connections"] = "1";
    session.settings["snowplow_batch_bytes"] = "1";
    session.settings["snowplow_collector_path"] = "/tp2";
    session.settings["snowplow_collector_url"] = server.url("");
    session.reply("begin_forwarding", {"t", "0", std::nullopt});
    session.replies["next_forwarding_portion"].emplace_back([] {
      return std::vector<Row>{{"1", R"({"eid":"1"})", "f", "f"}, {"2", R"({"eid":"2"})", "f", "f"}};
    });
    session.reply("next_forwarding_portion", {std::nullopt, std::nullopt, "f", "f"});
    session.reply("record_forwarding", {std::nullopt});
  }

  ForwardingReport forward() {
    return forward_events(session, false, [this](const ForwardingReport &so_far) { told.push_back(so_far.delivered); });
  }

  KeepAliveServer server{all_fine()};
  ScriptedSession session;
  std::vector<std::size_t> told;
};

TEST_F(ForwardEvents, SendsAllThatWaits) {
  const ForwardingReport report = forward();
  EXPECT_EQ(report.delivered, 2U);
  EXPECT_EQ(report.error, "");
  EXPECT_THAT(told, ElementsAre(0, 2));
  EXPECT_THAT(session.calls, ElementsAre(StartsWith("begin_forwarding("), "next_forwarding_portion(true)",
                                         "record_forwarding({1,2}, {}, {}, null, false)",
                                         "next_forwarding_portion(false)", "end_forwarding()"));
}

TEST_F(ForwardEvents, SaysWhyItDoesNotBegin) {
  session.replies.clear();
  session.reply("begin_forwarding", {"f", std::nullopt, "session 1 is sending"});
  EXPECT_EQ(forward().message, "session 1 is sending");
  EXPECT_THAT(session.calls, SizeIs(1));
}

TEST_F(ForwardEvents, StopsWhereTheAddressIsAnotherOne) {
  session.when_checked = [this] { session.settings["snowplow_collector_url"] = "http://other"; };
  forward();
  EXPECT_THAT(session.calls, ElementsAre(StartsWith("begin_forwarding("), "end_forwarding()"));
}

TEST_F(ForwardEvents, RecordsWhatArrivedBeforeItWasInterrupted) {
  const KeepAliveServer busy(holding("2", all_fine()));
  session.settings["snowplow_collector_url"] = busy.url("");
  session.when_checked = [&] {
    if (has(sent_to(busy), "2")) throw std::runtime_error("stopped");
  };
  EXPECT_THROW(forward(), std::runtime_error);
  EXPECT_THAT(session.calls, Contains("end_forwarding()"));
  EXPECT_THAT(session.calls, Contains(StartsWith("record_forwarding({1")));
}

TEST_F(ForwardEvents, MakesRoomAfterAnError) {
  session.replies["next_forwarding_portion"].clear();
  session.fail("next_forwarding_portion", "42P01");
  EXPECT_THROW(forward(), ScriptedError);
  EXPECT_THAT(session.calls, AllOf(Contains("end_forwarding()"), Not(Contains(StartsWith("record_forwarding(")))));
}

}  // namespace
}  // namespace internal_events::core
