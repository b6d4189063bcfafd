#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/delivery/forwarder.hpp"
#include "support/memory_queue.hpp"
#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;

// Ends a run, as a cancelled statement does.
void cancel() {
  throw std::runtime_error("canceled");
}

// Gives what a run before has left to a collector that takes everything; the ids that it got.
Ids sent_afterwards(MemoryQueue &queue) {
  const KeepAliveServer server(all_fine());
  EXPECT_EQ((ForwardingRun{queue, server}.go()), "");
  EXPECT_THAT(queue.queued, IsEmpty());
  EXPECT_THAT(queue.log, IsEmpty());
  return sent_to(server);
}

TEST(InterruptedForwarder, KeepsWhatWasDelivered) {
  const KeepAliveServer server(holding("8", all_fine()));
  MemoryQueue queue;
  queue.track(20);
  ForwardingRun run{queue, server};
  run.between_waits = [&] {
    if (has(sent_to(server), "8")) cancel();
  };
  EXPECT_EQ(run.go(), "canceled");
  ASSERT_THAT(queue.outcomes, SizeIs(1));
  EXPECT_THAT(queue.outcomes[0].delivered, ElementsAreArray(numbers(0, 8)));
  EXPECT_EQ(queue.outcomes[0].fault, "");
  EXPECT_THAT(sent_afterwards(queue), ElementsAreArray(numbers(8, 20)));
}

TEST(InterruptedForwarder, KeepsWhatWasRefused) {
  const KeepAliveServer server(
      holding("4", by_ids([](const Ids &ids) { return has(ids, "0") ? "400 Bad" : "200 OK"; })));
  MemoryQueue queue;
  queue.track(8);
  ForwardingRun run{queue, server};
  run.between_waits = [&] {
    if (has(sent_to(server), "4")) cancel();
  };
  EXPECT_EQ(run.go(), "canceled");
  EXPECT_THAT(queue.outcomes.at(0).split, ElementsAreArray(numbers(0, 4)));
  for (const QueuedEvent &event : queue.queued) EXPECT_EQ(event.is_alone, has(numbers(0, 4), event.id));
}

TEST(InterruptedForwarder, StoresNothingThatIsNotKnown) {
  const KeepAliveServer server([](const std::string &, std::size_t) -> Script { return {.end = Script::End::hold}; });
  MemoryQueue queue;
  queue.track(8);
  ForwardingRun run{queue, server};
  run.between_waits = [&] {
    if (!server.requests().empty()) cancel();
  };
  EXPECT_EQ(run.go(), "canceled");
  EXPECT_THAT(queue.outcomes, IsEmpty());
  EXPECT_THAT(sent_afterwards(queue), ElementsAreArray(numbers(0, 8)));
}

// An outcome without a fault would say that the collector works.
TEST(InterruptedForwarder, LeavesTheBackingOffAsItIs) {
  const KeepAliveServer server(by_ids([](const Ids &) { return "503 Later"; }));
  MemoryQueue queue;
  queue.track(8);
  queue.delays = {milliseconds(1'000)};
  ForwardingRun run{queue, server};
  run.when_waiting = cancel;
  EXPECT_EQ(run.go(), "canceled");
  ASSERT_THAT(queue.outcomes, SizeIs(1));
  EXPECT_EQ(queue.outcomes[0].fault, "the collector answered with status 503");
}

TEST(InterruptedForwarder, LosesNothingWhileItReads) {
  const KeepAliveServer server(all_fine());
  MemoryQueue queue;
  queue.most = 8;
  queue.track(16);
  ForwardingRun run{queue, server};
  queue.before_next = [&] {
    if (queue.outcomes.size() == 1) cancel();
  };
  EXPECT_EQ(run.go(), "canceled");
  EXPECT_THAT(queue.outcomes, SizeIs(1));
  queue.before_next = [] {};
  EXPECT_THAT(sent_afterwards(queue), ElementsAreArray(numbers(8, 16)));
}

TEST(InterruptedForwarder, StoresWhatItWasAboutToStore) {
  const KeepAliveServer server(by_ids([](const Ids &ids) { return has(ids, "5") ? "400 Bad" : "200 OK"; }));
  MemoryQueue queue;
  queue.track(8);
  ForwardingRun run{queue, server};
  run.batch_bytes = 1;
  int calls = 0;
  queue.before_record = [&] {
    if (++calls == 1) cancel();
  };
  EXPECT_EQ(run.go(), "canceled");
  EXPECT_THAT(queue.outcomes, SizeIs(1));
  EXPECT_THAT(queue.refused, ElementsAre(testing::Pair("5", "the collector answered with status 400")));
  EXPECT_THAT(sent_afterwards(queue), IsEmpty());
}

}  // namespace
}  // namespace internal_events::core
