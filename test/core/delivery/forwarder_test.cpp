#include "core/delivery/forwarder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/memory_queue.hpp"
#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using End = Script::End;

TEST(Forwarder, SendsAllThatThereIsPortionByPortion) {
  const KeepAliveServer server(all_fine());
  MemoryQueue queue;
  queue.track(250);
  ForwardingRun run{queue, server, 4};
  EXPECT_EQ(run.go(), "");
  EXPECT_EQ(sorted(sent_to(server)), numbers(0, 250));
  EXPECT_THAT(queue.outcomes, SizeIs(3));
  EXPECT_THAT(queue.queued, IsEmpty());
  EXPECT_THAT(run.waits, IsEmpty());
  EXPECT_LE(server.connections(), 4U);
  for (const std::string &request : server.requests()) {
    EXPECT_THAT(request,
                AllOf(testing::StartsWith("POST /tp2 HTTP/1.1\r\n"), HasSubstr("Content-Type: application/json\r\n")));
    EXPECT_LT(request.size() - request.find("\r\n\r\n") - 4, 360U);
  }
}

TEST(Forwarder, DoesNothingWhereNothingIs) {
  const KeepAliveServer server(all_fine());
  MemoryQueue queue;
  EXPECT_EQ((ForwardingRun{queue, server}.go()), "");
  EXPECT_THAT(queue.outcomes, IsEmpty());
  EXPECT_EQ(server.connections(), 0U);
}

TEST(Forwarder, SendsFirstWhatIsLeftOver) {
  const KeepAliveServer server(all_fine());
  MemoryQueue queue;
  queue.most = 10;
  queue.leave(25);
  queue.track(15);
  EXPECT_EQ((ForwardingRun{queue, server}.go()), "");
  EXPECT_EQ(sent_to(server), numbers(0, 40));
  EXPECT_THAT(queue.outcomes, SizeIs(5));
}

TEST(Forwarder, SendsStmWithWhatIsQueued) {
  const KeepAliveServer server(all_fine());
  MemoryQueue queue;
  queue.track(1);
  const auto now = [] {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  const auto begin = now();
  EXPECT_EQ((ForwardingRun{queue, server}.go()), "");
  nlohmann::json event = events_in(server.requests().at(0)).at(0);
  const auto stm = std::stoll(event.at("stm").get<std::string>());
  EXPECT_LE(begin, stm);
  EXPECT_LE(stm, now());
  event.erase("stm");
  EXPECT_EQ(event.dump(), R"({"e":"se","eid":"0","p":"srv","tv":"t"})");
}

TEST(Forwarder, FindsTheCulpritOfARefusedBatch) {
  for (const std::string status : {"400 Bad", "413 Large", "422 Bad"}) {
    const KeepAliveServer server(by_ids([&](const Ids &ids) { return has(ids, "5") ? status : "200 OK"; }));
    MemoryQueue queue;
    queue.track(150);
    EXPECT_EQ((ForwardingRun{queue, server, 4}.go()), "");
    ASSERT_THAT(queue.refused, SizeIs(1));
    EXPECT_EQ(queue.refused.at("5"), "the collector answered with status " + status.substr(0, 3));
    EXPECT_THAT(queue.queued, IsEmpty());
    EXPECT_THAT(queue.outcomes.at(0).split, SizeIs(4));
    EXPECT_THAT(queue.outcomes.at(1).delivered, SizeIs(3));
    // Those of its batch were sent twice, of which once by themselves; all others once.
    std::map<std::string, int> times;
    for (const std::string &id : sent_to(server)) ++times[id];
    const Ids &split = queue.outcomes.at(0).split;
    for (const std::string &id : numbers(0, 150)) EXPECT_EQ(times[id], has(split, id) ? 2 : 1) << id;
    for (const std::string &request : server.requests()) {
      const Ids ids = ids_in(request);
      if (ids.size() == 1 && has(split, ids[0])) times.erase(ids[0]);
    }
    EXPECT_THAT(times, SizeIs(146));
  }
}

TEST(Forwarder, GivesUpAnEventThatIsRefusedByItself) {
  const KeepAliveServer server(by_ids([](const Ids &ids) { return has(ids, "1") ? "400 Bad" : "200 OK"; }));
  MemoryQueue queue;
  queue.track(3);
  ForwardingRun run{queue, server};
  run.batch_bytes = 1;
  EXPECT_EQ(run.go(), "");
  EXPECT_EQ(sent_to(server), numbers(0, 3));
  EXPECT_THAT(queue.outcomes.at(0).refused, ElementsAre(testing::Pair("1", "the collector answered with status 400")));
  EXPECT_THAT(queue.outcomes.at(0).split, IsEmpty());
}

TEST(Forwarder, StopsAtOnceWhereTheAddressIsWrong) {
  for (const std::string status : {"401 No", "403 No", "404 No", "410 No", "405 No"}) {
    const KeepAliveServer server(by_ids([&](const Ids &ids) { return has(ids, "4") ? status : "200 OK"; }));
    MemoryQueue queue;
    queue.track(150);
    ForwardingRun run{queue, server};
    EXPECT_EQ(run.go(), "");
    EXPECT_THAT(run.waits, IsEmpty());
    ASSERT_THAT(queue.outcomes, SizeIs(1));
    EXPECT_TRUE(queue.outcomes[0].is_paused);
    EXPECT_THAT(queue.outcomes[0].fault, HasSubstr("status " + status.substr(0, 3)));
    EXPECT_EQ(queue.outcomes[0].delivered.size() + 4, sent_to(server).size()) << "nothing is sent after the refusal";
    EXPECT_FALSE(has(queue.outcomes[0].delivered, "4"));
    EXPECT_EQ(queue.queued.size() + queue.log.size() + queue.outcomes[0].delivered.size(), 150U);
  }
}

TEST(Forwarder, TriesAgainAfterAWhile) {
  std::atomic<int> failures = 3;
  const KeepAliveServer server(by_ids([&](const Ids &) { return failures-- > 0 ? "503 Later" : "200 OK"; }));
  MemoryQueue queue;
  queue.track(120);
  queue.delays = {milliseconds(1'000), milliseconds(2'000), milliseconds(4'000)};
  ForwardingRun run{queue, server};
  EXPECT_EQ(run.go(), "");
  EXPECT_THAT(run.waits, ElementsAre(milliseconds(1'000), milliseconds(2'000), milliseconds(4'000)));
  EXPECT_EQ(queue.outcomes.at(0).fault, "the collector answered with status 503");
  EXPECT_FALSE(queue.outcomes.at(0).is_paused);
  // The first batch went four times, the same but for stm, and nothing else went twice.
  const std::vector<std::string> requests = server.requests();
  EXPECT_EQ(sent_to(server).size(), 120 + 3 * ids_in(requests[0]).size());
  nlohmann::json first = events_in(requests[0]);
  for (auto &event : first) event.erase("stm");
  for (std::size_t i = 1; i < 4; ++i) {
    nlohmann::json again = events_in(requests[i]);
    for (auto &event : again) event.erase("stm");
    EXPECT_EQ(again, first);
  }
  EXPECT_THAT(queue.queued, IsEmpty());
}

TEST(Forwarder, HasNoMorePatienceThanItWasGiven) {
  const KeepAliveServer server(by_ids([](const Ids &) { return "503 Later"; }));
  MemoryQueue queue;
  queue.track(120);
  queue.delays = {milliseconds(4'000), milliseconds(6'000), milliseconds(1)};
  ForwardingRun run{queue, server};
  EXPECT_EQ(run.go(), "");
  EXPECT_THAT(run.waits, ElementsAre(milliseconds(4'000), milliseconds(6'000)));
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_THAT(queue.log, SizeIs(20)) << "nothing more is read while the collector is out of order";
  queue.delays = {milliseconds(10'001)};
  ForwardingRun other{queue, server};
  EXPECT_EQ(other.go(), "");
  EXPECT_THAT(other.waits, IsEmpty());
  EXPECT_THAT(queue.queued, SizeIs(100));
}

TEST(Forwarder, TakesABrokenAnswerForNone) {
  const std::string whole = answer("200 OK", "ok");
  const std::vector<Script> broken{
      {.answer = whole.substr(0, whole.size() - 1)},
      {.answer = "HTTP/1.1 200 OK\r\nContent-Le", .end = End::reset},
      {.answer = "", .end = End::reset},
      {.answer = answer("301 Moved", "", "Location: https://elsewhere/\r\n"), .end = End::await},
      {.answer = "garbage\r\n\r\n"}};
  for (const Script &script : broken) {
    std::atomic<bool> is_broken = true;
    const KeepAliveServer server([&](const std::string &, std::size_t) -> Script {
      return is_broken.exchange(false) ? script : Script{.answer = whole, .end = End::await};
    });
    MemoryQueue queue;
    queue.track(3);
    queue.delays = {milliseconds(500)};
    ForwardingRun run{queue, server};
    EXPECT_EQ(run.go(), "");
    EXPECT_THAT(run.waits, SizeIs(1)) << script.answer;
    ASSERT_THAT(queue.outcomes, SizeIs(2));
    EXPECT_THAT(queue.outcomes[0].delivered, IsEmpty());
    EXPECT_NE(queue.outcomes[0].fault, "");
    EXPECT_EQ(sent_to(server), (Ids{"0", "1", "2", "0", "1", "2"}));
  }
}

TEST(Forwarder, StoresWhatElseWasOnItsWay) {
  std::atomic<int> on_their_way = 0;
  const KeepAliveServer server([&](const std::string &request, std::size_t) -> Script {
    ++on_their_way;
    if (has(ids_in(request), "0")) {
      while (on_their_way < 3) std::this_thread::yield();
      return {.answer = answer("503 Later", ""), .end = End::await};
    }
    std::this_thread::sleep_for(milliseconds(300));
    return {.answer = answer("200 OK", "ok"), .end = End::await};
  });
  MemoryQueue queue;
  queue.track(60);
  EXPECT_EQ((ForwardingRun{queue, server, 3}.go()), "");
  ASSERT_THAT(queue.outcomes, SizeIs(1));
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_THAT(queue.outcomes[0].delivered, SizeIs(8));
  EXPECT_EQ(queue.outcomes[0].fault, "the collector answered with status 503");
}

TEST(Forwarder, LetsARefusedAccessPrevailOverADisturbance) {
  for (const bool is_late : {false, true}) {
    const KeepAliveServer server([=](const std::string &request, std::size_t) -> Script {
      const bool is_first = has(ids_in(request), "0");
      if (is_first == is_late) std::this_thread::sleep_for(milliseconds(300));
      return {.answer = answer(is_first ? "403 No" : "503 Later", ""), .end = End::await};
    });
    MemoryQueue queue;
    queue.track(8);
    EXPECT_EQ((ForwardingRun{queue, server, 2}.go()), "");
    ASSERT_THAT(queue.outcomes, SizeIs(1));
    EXPECT_EQ(server.requests().size(), 2U);
    EXPECT_TRUE(queue.outcomes[0].is_paused);
    EXPECT_THAT(queue.outcomes[0].fault, HasSubstr("status 403"));
  }
}

TEST(Forwarder, ReadsOnAfterAPortionWithoutEvents) {
  // What was read may have had nothing to be sent, though there is more.
  struct Gaps : MemoryQueue {
    int calls = 0;
    Portion next(bool left_over) override {
      if (!left_over && ++calls % 2 == 1) return {{}, true};
      return MemoryQueue::next(left_over);
    }
  };
  const KeepAliveServer server(all_fine());
  Gaps queue;
  queue.most = 10;
  queue.track(30);
  EXPECT_EQ((ForwardingRun{queue, server}.go()), "");
  EXPECT_EQ(sent_to(server), numbers(0, 30));
  EXPECT_THAT(queue.outcomes, SizeIs(3));
}

}  // namespace
}  // namespace internal_events::core
