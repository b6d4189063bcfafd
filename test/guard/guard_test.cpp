// Functions that go wrong on purpose, for the tests of src/pg/guard.hpp. Most come in two forms: the right one, and a
// naive one beside it that shows the defect which the border prevents, so that the tests are known to be able to fail.
//
// Two naive forms are left out because they take the server down: an exception that leaves an entry point, or a call(),
// ends in std::terminate; and an ErrorData that is kept in the caller's memory context is read after SPI_finish() in a
// destructor has freed that context.
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "pg/guard.hpp"
#include "pg_http/statement.hpp"

extern "C" {
#include "executor/spi.h"

PG_MODULE_MAGIC;
}

// Declares a function that has no guard around it.
#define NAIVE_FUNCTION(name)                \
  extern "C" {                              \
  PG_FUNCTION_INFO_V1(name);                \
  PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
  }                                         \
  Datum name([[maybe_unused]] PG_FUNCTION_ARGS)

namespace internal_events::pg {
namespace {

std::int64_t live_objects = 0;

// An object that has to be destroyed, and is missed if it is not.
struct Counted {
  Counted() { ++live_objects; }
  ~Counted() { --live_objects; }
  Counted(const Counted &) = delete;
  Counted &operator=(const Counted &) = delete;
  std::string text = std::string(100, 'x');
};

// An SPI connection that ends with its scope, and with it the memory context that was current in it.
struct Connection {
  Connection() {
    call([] { SPI_connect(); });
  }
  ~Connection() { SPI_finish(); }
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;
};

const char *text_argument(FunctionCallInfo fcinfo, int number) {
  return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

void execute(const char *query) {
  SPI_connect();
  SPI_execute(query, false, 0);
  SPI_finish();
}

// One byte, then 600 characters of three: a buffer of 1,024 bytes ends inside of a character.
std::string long_text() {
  std::string text = "x";
  for (int i = 0; i < 600; ++i) text += "€";
  return text;
}

}  // namespace

IE_FUNCTION(guard_live_objects) {
  PG_RETURN_INT64(live_objects);
}

IE_FUNCTION(guard_has_current_exception) {
  PG_RETURN_BOOL(std::current_exception() != nullptr);
}

// guard_throw(kind): throws while an object is alive.
IE_FUNCTION(guard_throw) {
  const Counted object;
  const std::string kind = call([&] { return text_argument(fcinfo, 0); });
  if (kind == "bad_alloc") throw std::bad_alloc();
  if (kind == "sql_error") throw SqlError(ERRCODE_UNDEFINED_OBJECT, "what is wrong", "what to do");
  if (kind == "runtime_error") throw std::runtime_error("what is wrong");
  if (kind == "int") throw 7;
  if (kind == "percent") throw std::runtime_error("100 %s of %n");
  if (kind == "long") throw SqlError(ERRCODE_UNDEFINED_OBJECT, long_text(), long_text());
  PG_RETURN_VOID();
}

// guard_naive_clip(): a long message in a buffer, cut wherever it ends.
NAIVE_FUNCTION(guard_naive_clip) {
  bytea *bytes = static_cast<bytea *>(palloc(VARHDRSZ + 1023));
  SET_VARSIZE(bytes, VARHDRSZ + 1023);
  memcpy(VARDATA(bytes), long_text().c_str(), 1023);
  PG_RETURN_BYTEA_P(bytes);
}

// guard_execute(query): runs a query while an object is alive.
IE_FUNCTION(guard_execute) {
  const Counted object;
  const char *query = call([&] { return text_argument(fcinfo, 0); });
  call([&] { execute(query); });
  PG_RETURN_VOID();
}

// guard_naive_execute(query): the same without call(): an error jumps over the object.
NAIVE_FUNCTION(guard_naive_execute) {
  const Counted object;
  execute(text_argument(fcinfo, 0));
  PG_RETURN_VOID();
}

// guard_naive_flatten(query): a PostgreSQL error that is turned into a text and back.
IE_FUNCTION(guard_naive_flatten) {
  try {
    call([&] { execute(text_argument(fcinfo, 0)); });
  } catch (const PgError &error) {
    throw std::runtime_error(error.data->message);
  }
  PG_RETURN_VOID();
}

// guard_naive_raise(): an error that is raised inside of the handler, which is thus never left.
NAIVE_FUNCTION(guard_naive_raise) {
  try {
    throw std::runtime_error("what is wrong");
  } catch (const std::exception &exception) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("%s", exception.what())));
  }
  PG_RETURN_VOID();
}

// guard_connection(query): runs a query in an SPI connection that a destructor ends.
IE_FUNCTION(guard_connection) {
  const Counted object;
  const std::string query = call([&] { return text_argument(fcinfo, 0); });
  const Connection connection;
  call([&] { SPI_execute(query.c_str(), false, 0); });
  PG_RETURN_VOID();
}

// guard_result(n): values come out of a call() unchanged.
IE_FUNCTION(guard_result) {
  const Counted object;
  PG_RETURN_INT64(call([&] { return PG_GETARG_INT64(0) + 1; }));
}

// guard_statement(n): runs a statement of n parameters; how many of them arrived.
IE_FUNCTION(guard_statement) {
  Statement statement{"SELECT pg_catalog.cardinality(ARRAY[NULL", {}};
  for (int i = 1; i <= PG_GETARG_INT32(0); ++i) {
    statement.sql += ", $" + std::to_string(i);
    statement.parameters.emplace_back("x");
  }
  statement.sql += "]) - 1";
  PG_RETURN_INT32(std::stoi(*run_statement(statement).front().front()));
}

// guard_wait(): waits, with an object alive, until somebody cancels the query.
IE_FUNCTION(guard_wait) {
  const Counted object;
  for (;;) {
    call([] {
      pg_usleep(1000);
      CHECK_FOR_INTERRUPTS();
    });
  }
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
