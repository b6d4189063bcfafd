#include "pg_http/server_session.hpp"

#include "core/delivery/delivery_settings.hpp"
#include "pg/guard.hpp"
#include "pg_http/secret_setting.hpp"

namespace internal_events::pg {
namespace {

// Takes note of a changed configuration, as a session does between statements; C.
void reload_settings() {
  if (!ConfigReloadPending || IsTransactionState()) return;
  ConfigReloadPending = false;
  ProcessConfigFile(PGC_SIGHUP);
}

// Looks for a cancel of the statement, and for the end of the session or of the server; C.
void check_interrupts() {
  CHECK_FOR_INTERRUPTS();
  // As WaitLatch() does: a server cannot start again while a session of the one that died lives on.
  if (!PostmasterIsAlive()) proc_exit(1);
}

// Lets time pass; C.
void wait_until(TimestampTz end) {
  for (;;) {
    CHECK_FOR_INTERRUPTS();
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    if (left <= 0) return;
    WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
  }
}

}  // namespace

std::vector<Row> ServerSession::run_all(const Statement &statement) {
  return detaching([&] { return steps_.run(statement); });
}

std::string ServerSession::setting(const char *name) {
  return detaching([&] {
    call([] { reload_settings(); });
    return secret_setting(name);
  });
}

std::string ServerSession::user_agent() const {
  return core::user_agent(INTERNAL_EVENTS_VERSION, PG_MAJORVERSION);
}

void ServerSession::check() {
  detaching([] { call([] { check_interrupts(); }); });
}

void ServerSession::wait(std::chrono::milliseconds span) {
  detaching([&] {
    call([&] { wait_until(TimestampTzPlusMilliseconds(GetCurrentTimestamp(), static_cast<int64>(span.count()))); });
  });
}

}  // namespace internal_events::pg
