#include <string>

#include "core/delivery/delivery_settings.hpp"
#include "core/delivery/forwarder.hpp"
#include "core/delivery/forwarding_statements.hpp"
#include "pg/guard.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// Takes note of a changed configuration, as a session does between statements.
void reload_settings() {
  call([] {
    if (!ConfigReloadPending || IsTransactionState()) return;
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  });
}

// The queue in this database.
class ServerQueue : public core::ForwardingQueue {
 public:
  explicit ServerQueue(Steps &steps) : steps_(steps), url_(secret_setting("snowplow_collector_url")) {}

  core::Portion next(bool left_over) override {
    reload_settings();
    // Whoever changes the address, or removes it, wants nothing more to go to the old one.
    if (secret_setting("snowplow_collector_url") != url_) return {};
    return core::portion_of(steps_.run_all(core::next_portion(left_over)));
  }

  std::optional<std::chrono::milliseconds> record(const core::Outcome &outcome) override {
    return core::delay_of(steps_.run(core::record_outcome(outcome)));
  }

 private:
  Steps &steps_;
  std::string url_;
};

// Lets time pass; a cancel of the statement, or the end of the session, ends the wait.
void wait(std::chrono::milliseconds span) {
  const TimestampTz end =
      call([&] { return TimestampTzPlusMilliseconds(GetCurrentTimestamp(), static_cast<int64>(span.count())); });
  call([&] {
    for (;;) {
      CHECK_FOR_INTERRUPTS();
      const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
      if (left <= 0) return;
      WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
      ResetLatch(MyLatch);
    }
  });
}

// Sends what there is, as the session that has begun to.
void forward(Steps &steps, std::chrono::milliseconds delay) {
  ServerQueue queue(steps);
  core::Forwarder forwarder(queue, core::configured_forwarding(secret_setting, user_agent()), wait, check_interrupts);
  const auto run = [&] {
    wait(delay);
    forwarder.run();
  };
  with_handler(run, [&](const SqlError &) { forwarder.record_interrupted(); });
}

}  // namespace

// forward_events(force): reads, queues, sends and records, portion by portion.
IE_FUNCTION(ie_forward_events) {
  Steps steps(fcinfo);
  steps.refuse_atomic("forward_events()");
  if (secret_setting("snowplow_collector_url").empty()) PG_RETURN_VOID();
  const bool force = !PG_ARGISNULL(0) && PG_GETARG_BOOL(0);
  const core::ForwardingBegin begun = core::forwarding_begin_of(steps.run(core::begin_forwarding(force)));
  if (!begun.may_send) {
    call([&] { ereport(NOTICE, (errmsg("nothing is forwarded now: %s", begun.message.c_str()))); });
    PG_RETURN_VOID();
  }
  const auto end = [&] { steps.run(core::end_forwarding()); };
  with_handler([&] { forward(steps, *begun.delay); }, [&](const SqlError &) { end(); });
  end();
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
