// The border between C++ and PostgreSQL.
//
// A C++ exception never leaves an entry point, and a PostgreSQL error never jumps over a live C++ object:
// - IE_FUNCTION(name) declares a SQL-callable function; it is the only way in.
// - call(f) runs PostgreSQL code that may raise; f holds C calls and trivial locals only. An error comes out of it as
//   a PgError, which unwinds C++ as usual and is raised again, whole, at the entry point.
// Anything in internal_events::core or internal_events::pg may throw; a raw server function appears in a function that
// has a non-trivial C++ object alive only inside call().
// Code of internal_events::core may catch what it meets, and then run further statements: what it calls here is
// detaching().
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "core/delivery/sql_failure.hpp"
#include "pg/postgres.hpp"

namespace internal_events::pg {

// A PostgreSQL error on its way through C++, with its SQLSTATE, detail, hint and context.
struct PgError {
  ErrorData *data;
};

// An error of our own with the SQLSTATE that the user shall see.
struct SqlError : std::runtime_error, core::SqlFailure {
  SqlError(int code, const std::string &text, std::string hint = {})
      : std::runtime_error(text), SqlFailure{unpack_sql_state(code), text}, hint(std::move(hint)) {}
  std::string hint;
};

// Runs the thunk and returns the error that it raised, or null: the only setjmp of the project.
ErrorData *trap(void (*thunk)(void *) noexcept, void *argument);

// Runs PostgreSQL code and returns the error that it raised, or null. Only for code in a subtransaction that is then
// rolled back: what was raised has not been cleaned up.
template <typename Function>
ErrorData *attempt(Function &&function) {
  auto thunk = [](void *argument) noexcept { (*static_cast<std::remove_reference_t<Function> *>(argument))(); };
  return trap(thunk, &function);
}

// Runs PostgreSQL code from C++ that has live objects; an error becomes a PgError.
template <typename Function>
auto call(Function &&function) -> std::invoke_result_t<Function> {
  using Result = std::invoke_result_t<Function>;
  if constexpr (std::is_void_v<Result>) {
    if (ErrorData *error = attempt(function)) throw PgError{error};
  } else {
    static_assert(std::is_trivially_copyable_v<Result> && std::is_trivially_destructible_v<Result>);
    Result result = {};
    if (ErrorData *error = attempt([&]() noexcept { result = function(); })) throw PgError{error};
    return result;
  }
}

// The exception that is being handled; a PostgreSQL error as a SqlError, which outlives the transaction that it was
// raised in.
inline std::exception_ptr detached_exception() noexcept {
  try {
    try {
      throw;
    } catch (const PgError &error) {
      const auto text = [](const char *field, const char *otherwise) { return field == nullptr ? otherwise : field; };
      throw SqlError(error.data->sqlerrcode, text(error.data->message, "unknown error"), text(error.data->hint, ""));
    }
  } catch (...) {
    return std::current_exception();
  }
}

// Runs C++ code; whatever it throws is detached, and goes on after a function has rolled back what it left undone.
template <typename Function, typename RollBack>
std::invoke_result_t<Function> with_rollback(Function &&function, RollBack &&roll_back) {
  std::exception_ptr failure;
  try {
    return function();
  } catch (...) {
    failure = detached_exception();
  }
  roll_back();
  std::rethrow_exception(failure);
}

// Runs C++ code for a caller who knows nothing of PostgreSQL, and catches by himself: what it throws is detached.
template <typename Function>
std::invoke_result_t<Function> detaching(Function &&function) {
  return with_rollback(function, [] {});
}

// The row that a function of several OUT parameters returns; C.
Datum result_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

// The SQLSTATE of an error of our own as PostgreSQL packs it.
int sqlstate_of(const SqlError &error) noexcept;

// What an entry point remembers of an exception, so that it is reported after the handler has been left.
class Remembered {
 public:
  void pg_error(ErrorData *error) noexcept { error_ = error; }
  void message(int sqlstate, const char *text, const char *hint = "") noexcept;
  [[noreturn]] void raise() const;

 private:
  ErrorData *error_ = nullptr;
  int sqlstate_ = ERRCODE_INTERNAL_ERROR;
  char message_[1024] = {};
  char hint_[512] = {};
};

static_assert(std::is_trivially_destructible_v<Remembered>);

// Runs C++ code on behalf of PostgreSQL, and turns whatever it throws into a PostgreSQL error.
template <typename Function>
std::invoke_result_t<Function> enter(Function &&function) {
  Remembered remembered;
  try {
    return function();
  } catch (const PgError &error) {
    remembered.pg_error(error.data);
  } catch (const SqlError &error) {
    remembered.message(sqlstate_of(error), error.what(), error.hint.c_str());
  } catch (const std::bad_alloc &) {
    remembered.message(ERRCODE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    remembered.message(ERRCODE_INTERNAL_ERROR, error.what());
  } catch (...) {
    remembered.message(ERRCODE_INTERNAL_ERROR, "unknown C++ exception");
  }
  remembered.raise();
}

}  // namespace internal_events::pg

// Declares a SQL-callable function; its body is C++ and may throw.
#define IE_FUNCTION(name)                                                                   \
  static Datum name##_body(FunctionCallInfo fcinfo);                                        \
  extern "C" {                                                                              \
  PG_FUNCTION_INFO_V1(name);                                                                \
  PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                 \
  Datum name(PG_FUNCTION_ARGS) {                                                            \
    return internal_events::pg::enter([fcinfo]() -> Datum { return name##_body(fcinfo); }); \
  }                                                                                         \
  }                                                                                         \
  static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
