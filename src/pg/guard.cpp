#include "pg/guard.hpp"

namespace internal_events::pg {

ErrorData *trap(void (*thunk)(void *) noexcept, void *argument) {
  MemoryContext caller = CurrentMemoryContext;
  ErrorData *volatile error = nullptr;
  PG_TRY();
  { thunk(argument); }
  PG_CATCH();
  {
    // Unwinding may delete the caller's context (SPI_finish does), so the error is kept where it outlives that.
    MemoryContextSwitchTo(TopTransactionContext != nullptr ? TopTransactionContext : TopMemoryContext);
    error = CopyErrorData();
    FlushErrorState();
    MemoryContextSwitchTo(caller);
  }
  PG_END_TRY();
  return error;
}

int sqlstate_of(const SqlError &error) noexcept {
  const char *state = error.sqlstate.c_str();
  return MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4]);
}

Datum result_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls) {
  TupleDesc shape = nullptr;
  if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE) elog(ERROR, "return type must be a row");
  return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(shape), values, nulls));
}

// Copies text into a fixed buffer without ever splitting a character.
static void clip(char *to, std::size_t size, const char *text) noexcept {
  const auto length = static_cast<int>(strlen(text));
  const int kept = pg_mbcliplen(text, length, static_cast<int>(size) - 1);
  memcpy(to, text, static_cast<std::size_t>(kept));
  to[kept] = '\0';
}

void Remembered::message(int sqlstate, const char *text, const char *hint) noexcept {
  sqlstate_ = sqlstate;
  clip(message_, sizeof message_, text);
  clip(hint_, sizeof hint_, hint);
}

void Remembered::raise() const {
  if (error_ != nullptr) ReThrowError(error_);
  ereport(ERROR, (errcode(sqlstate_), errmsg("%s", message_), hint_[0] == '\0' ? 0 : errhint("%s", hint_)));
  pg_unreachable();
}

}  // namespace internal_events::pg
