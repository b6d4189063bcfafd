#include "pg_http/statement.hpp"

#include "pg/guard.hpp"
#include "pg/utf8.hpp"

namespace internal_events::pg {
namespace {

constexpr int most_arguments = 8;
constexpr int most_columns = 8;

struct Arguments {
  int count = 0;
  Oid types[most_arguments];
  const char *texts[most_arguments];  // UTF-8; null where an argument is null
};

struct Values {
  int count = 0;
  char *texts[most_columns];  // in the database's encoding
};

// Converts the arguments and runs the statement; C, as nothing here needs to be released.
Values execute(const char *sql, const Arguments &arguments) {
  MemoryContext caller = CurrentMemoryContext;
  Datum datums[most_arguments] = {};
  char nulls[most_arguments + 1] = {};
  for (int i = 0; i < arguments.count; ++i) {
    nulls[i] = arguments.texts[i] == nullptr ? 'n' : ' ';
    if (arguments.texts[i] == nullptr) continue;
    char *server = pg_any_to_server(arguments.texts[i], static_cast<int>(strlen(arguments.texts[i])), PG_UTF8);
    datums[i] = CStringGetTextDatum(server);
  }
  SPI_connect();
  const int code =
      SPI_execute_with_args(sql, arguments.count, const_cast<Oid *>(arguments.types), datums, nulls, false, 1);
  if (code != SPI_OK_SELECT) elog(ERROR, "unexpected result %d of a statement", code);
  Values values;
  if (SPI_processed == 1) {
    values.count = SPI_tuptable->tupdesc->natts;
    for (int i = 0; i < values.count; ++i) {
      char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1);
      values.texts[i] = value == nullptr ? nullptr : MemoryContextStrdup(caller, value);
    }
  }
  SPI_finish();
  return values;
}

}  // namespace

Row run_statement(const char *sql, std::initializer_list<std::optional<std::string>> arguments) {
  Arguments passed;
  for (const std::optional<std::string> &argument : arguments) {
    passed.types[passed.count] = TEXTOID;
    passed.texts[passed.count++] = argument ? argument->c_str() : nullptr;
  }
  const Values values = call([&] { return execute(sql, passed); });
  Row row;
  for (int i = 0; i < values.count; ++i) {
    const char *text = values.texts[i];
    row.push_back(text == nullptr ? std::nullopt : std::optional(to_utf8(text, static_cast<int>(strlen(text)))));
  }
  return row;
}

}  // namespace internal_events::pg
