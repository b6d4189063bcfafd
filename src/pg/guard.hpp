// The border between C++ and PostgreSQL.
//
// A C++ exception never leaves an entry point, and a PostgreSQL error never jumps over a live C++ object:
// - IE_FUNCTION(name) declares a SQL-callable function; it is the only way in.
// - call(f) runs PostgreSQL code that may raise; f holds C calls and trivial locals only. An error comes out of it as
//   a PgError, which unwinds C++ as usual and is raised again, whole, at the entry point.
// Anything in internal_events::core or internal_events::pg may throw; a raw server function appears in a function that
// has a non-trivial C++ object alive only inside call().
#pragma once

#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "pg/postgres.hpp"

namespace internal_events::pg {

// A PostgreSQL error on its way through C++, with its SQLSTATE, detail, hint and context.
struct PgError {
  ErrorData *data;
};

// An error of our own with the SQLSTATE that the user shall see.
struct SqlError : std::runtime_error {
  SqlError(int sqlstate, const std::string &message, std::string hint = {})
      : std::runtime_error(message), sqlstate(sqlstate), hint(std::move(hint)) {}
  int sqlstate;
  std::string hint;
};

// A PostgreSQL error as one of our own, which outlives the transaction that it was raised in.
SqlError detached(const PgError &error);

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

// Runs C++ code; before an error of it goes on, as a SqlError that needs no transaction, the handler sees it.
template <typename Function, typename Handler>
std::invoke_result_t<Function> with_handler(Function &&function, Handler &&handler) {
  std::optional<SqlError> failure;
  try {
    return function();
  } catch (const PgError &error) {
    failure = detached(error);
  } catch (const SqlError &error) {
    failure = error;
  }
  handler(*failure);
  throw SqlError(*failure);
}

// The row that a function of several OUT parameters returns; C.
Datum result_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

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
    remembered.message(error.sqlstate, error.what(), error.hint.c_str());
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
