#include "core/delivery/build_service_ping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "support/scripted_session.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

const Row is_measured{"t", std::nullopt, std::nullopt};
const Row has_more{"f", "1", std::nullopt};
const Row asks_prometheus{"f", "3", "up"};

// A session whose ping 7 is to be built.
class BuildServicePing : public testing::Test {
 protected:
  BuildServicePing() { session.reply("begin_service_ping", {"7", "t"}); }

  BuiltPing build() {
    return build_service_ping(session, false, [](const std::string &) {});
  }

  // Builds what cannot be built; what was run after the ping had begun.
  template <typename Error>
  std::vector<std::string> calls_of_failure() {
    EXPECT_THROW(build(), Error);
    return {session.calls.begin() + 1, session.calls.end()};
  }

  ScriptedSession session;
};

TEST_F(BuildServicePing, MeasuresUntilAllIsMeasured) {
  session.reply("measure_next", has_more);
  session.reply("measure_next", is_measured);
  std::vector<std::string> told;
  const BuiltPing ping = build_service_ping(session, true, [&](const std::string &id) { told.push_back(id); });
  EXPECT_THAT(ping.id, Optional(std::string("7")));
  EXPECT_TRUE(ping.is_new);
  EXPECT_THAT(told, ElementsAre("7", "7"));
  EXPECT_THAT(session.calls,
              ElementsAre("begin_service_ping(true)", "measure_next(7)", "measure_next(7)", "finish_service_ping(7)"));
}

TEST_F(BuildServicePing, LeavesThatOfAnotherSessionAlone) {
  session.replies.clear();
  session.reply("begin_service_ping", {"7", "f"});
  const BuiltPing ping = build();
  EXPECT_THAT(ping.id, Optional(std::string("7")));
  EXPECT_FALSE(ping.is_new);
  EXPECT_THAT(session.calls, SizeIs(1));
}

TEST_F(BuildServicePing, FailsThePingAtAnErrorOfSql) {
  session.fail("measure_next", "42P01");
  EXPECT_THAT(calls_of_failure<ScriptedError>(),
              ElementsAre("measure_next(7)", "fail_service_ping(7, 42P01, what is wrong)"));
}

TEST_F(BuildServicePing, ReleasesThePingAtACancel) {
  session.fail("measure_next", "57014");
  EXPECT_THAT(calls_of_failure<ScriptedError>(), ElementsAre("measure_next(7)", "release_service_ping(7)"));
}

TEST_F(BuildServicePing, ReleasesThePingWhereTheSessionIsLost) {
  session.fail("measure_next", "");
  session.fail("release_service_ping", "");
  EXPECT_THAT(calls_of_failure<ScriptedError>(), ElementsAre("measure_next(7)", "release_service_ping(7)"));
}

TEST_F(BuildServicePing, ReleasesThePingAtAStop) {
  session.reply("measure_next", has_more);
  session.when_checked = [] { throw std::runtime_error("stopped"); };
  EXPECT_THAT(calls_of_failure<std::runtime_error>(), ElementsAre("measure_next(7)", "release_service_ping(7)"));
}

TEST_F(BuildServicePing, ReleasesThePingWithoutMemory) {
  session.replies["measure_next"].emplace_back([]() -> std::vector<Row> { throw std::bad_alloc(); });
  EXPECT_THAT(calls_of_failure<std::bad_alloc>(), ElementsAre("measure_next(7)", "release_service_ping(7)"));
}

TEST_F(BuildServicePing, ReleasesThePingWhereTheNetworkCannotBeAsked) {
  session.settings["prometheus_url"] = "http://prometheus";
  session.reply("measure_next", asks_prometheus);
  session.answer = [](const HttpRequest &) -> HttpResponse { throw std::runtime_error("no file of authorities"); };
  EXPECT_THAT(calls_of_failure<std::runtime_error>(), ElementsAre("measure_next(7)", "release_service_ping(7)"));
}

TEST_F(BuildServicePing, TellsTheFirstOfTwoFailures) {
  session.fail("measure_next", "42P01");
  session.fail("fail_service_ping", "25006");
  try {
    build();
    FAIL();
  } catch (const SqlFailure &failure) {
    EXPECT_EQ(failure.sqlstate, "42P01");
  }
}

TEST_F(BuildServicePing, LeavesATransactionOfSomebodyElseAlone) {
  session.has_transaction = true;
  session.fail("measure_next", "42P01");
  EXPECT_THAT(calls_of_failure<ScriptedError>(), ElementsAre("measure_next(7)"));
}

TEST_F(BuildServicePing, AsksPrometheusBetweenTwoSteps) {
  session.settings["prometheus_url"] = "http://prometheus";
  session.reply("measure_next", asks_prometheus);
  session.reply("measure_next", is_measured);
  session.answer = [](const HttpRequest &) {
    HttpResponse response;
    response.status = 200;
    response.body = R"({"status":"success","data":{"resultType":"scalar","result":[0,"5"]}})";
    return response;
  };
  build();
  ASSERT_THAT(session.requests, SizeIs(1));
  EXPECT_EQ(session.requests[0].url, "http://prometheus/api/v1/query?query=up");
  EXPECT_THAT(session.calls.at(2), HasSubstr("record_measurement(7, 3, 5, ok, "));
}

TEST_F(BuildServicePing, DoesNotAskPrometheusWithinATransaction) {
  session.has_transaction = true;
  session.settings["prometheus_url"] = "http://prometheus";
  session.reply("measure_next", asks_prometheus);
  session.reply("measure_next", is_measured);
  build();
  EXPECT_THAT(session.requests, IsEmpty());
  EXPECT_THAT(session.calls.at(2), HasSubstr("record_measurement(7, 3, null, not_measured, "));
}

}  // namespace
}  // namespace internal_events::core
