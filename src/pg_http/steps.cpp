#include "pg_http/steps.hpp"

#include "pg/guard.hpp"

namespace internal_events::pg {
Steps::Steps(FunctionCallInfo fcinfo) : mode_(Mode::atomic), context_(CurrentMemoryContext) {
  const bool is_call = fcinfo->context != nullptr && IsA(fcinfo->context, CallContext);
  if (is_call && !reinterpret_cast<CallContext *>(fcinfo->context)->atomic) {
    mode_ = SPI_inside_nonatomic_context() ? Mode::nested : Mode::top_level;
  }
  if (mode_ == Mode::nested) call([] { SPI_connect_ext(SPI_OPT_NONATOMIC); });
  // Whatever isolation the session prefers, a step must see what others have committed before it.
  if (mode_ != Mode::atomic) leave();
  // Each statement of a metric has a timeout of its own; the whole takes as long as it takes.
  if (mode_ != Mode::atomic) call([] { disable_timeout(STATEMENT_TIMEOUT, false); });
}

Steps::~Steps() {
  // An error in here has nowhere to go: the transaction it is about has just begun, or is about to end.
  if (mode_ == Mode::top_level) {
    trap([](void *self) noexcept { static_cast<Steps *>(self)->enter(); }, this);
  } else if (mode_ == Mode::nested) {
    trap([](void *) noexcept { SPI_finish(); }, nullptr);
  }
}

// Begins a transaction where there is none; C.
void Steps::enter() {
  if (!IsTransactionState()) {
    // Else it would be shown as old as the whole CALL.
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    XactIsoLevel = XACT_READ_COMMITTED;
  }
  MemoryContextSwitchTo(context_);
}

// Commits what is in progress; C.
void Steps::commit() {
  if (mode_ == Mode::nested) {
    SPI_commit();
    XactIsoLevel = XACT_READ_COMMITTED;
  } else if (mode_ == Mode::top_level && IsTransactionState()) {
    ForgetPortalSnapshots();
    CommitTransactionCommand();
  }
  MemoryContextSwitchTo(context_);
}

// Ends a transaction that could not be committed, as SPI_commit() does by itself; C.
void Steps::abort() {
  if (mode_ == Mode::top_level) AbortCurrentTransaction();
  MemoryContextSwitchTo(context_);
}

void Steps::leave() {
  with_rollback([&] { call([&] { commit(); }); }, [&] { call([&] { abort(); }); });
}

void Steps::refuse_atomic(const char *procedure) const {
  if (!is_atomic()) return;
  throw SqlError(ERRCODE_INVALID_TRANSACTION_TERMINATION, std::string(procedure) + " cannot run inside a transaction",
                 "CALL it by itself: it ends its transactions before it waits for the network.");
}

std::vector<Row> Steps::run(const Statement &statement) {
  ResourceOwner owner = nullptr;
  const auto after_subtransaction = [&] {
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner;
    if (mode_ == Mode::top_level) PopActiveSnapshot();
  };
  call([&] {
    if (mode_ == Mode::top_level) {
      enter();
      PushActiveSnapshot(GetTransactionSnapshot());
    }
    owner = CurrentResourceOwner;
    // An error leaves snapshots and SPI connections behind, which this clears away in every mode.
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context_);
  });
  const auto roll_back = [&] {
    call([&] {
      RollbackAndReleaseCurrentSubTransaction();
      after_subtransaction();
    });
    leave();
  };
  std::vector<Row> rows = with_rollback([&] { return run_statement(statement); }, roll_back);
  call([&] {
    ReleaseCurrentSubTransaction();
    after_subtransaction();
  });
  leave();
  return rows;
}

}  // namespace internal_events::pg
