#include "pg_http/statement.hpp"

#include "pg/guard.hpp"
#include "pg/utf8.hpp"

namespace internal_events::pg {
namespace {

// The cells of all rows, row by row, as texts in the database's encoding; null where a column is.
struct Cells {
  std::size_t rows = 0;
  std::size_t columns = 0;
  char **texts = nullptr;
};

// Copies what the statement returned to where it outlives SPI.
Cells copy_cells(MemoryContext target) {
  Cells cells;
  cells.rows = static_cast<std::size_t>(SPI_processed);
  cells.columns = static_cast<std::size_t>(SPI_tuptable->tupdesc->natts);
  MemoryContext spi = MemoryContextSwitchTo(target);
  cells.texts = static_cast<char **>(
      palloc_extended(sizeof(char *) * (cells.rows * cells.columns + 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
  for (std::size_t row = 0; row < cells.rows; ++row) {
    for (std::size_t column = 0; column < cells.columns; ++column) {
      cells.texts[row * cells.columns + column] =
          SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, static_cast<int>(column) + 1);
    }
  }
  MemoryContextSwitchTo(spi);
  return cells;
}

// Converts the parameters (UTF-8; null where one is null) and runs the statement; C, as nothing here needs to be
// released.
Cells execute(const char *sql, const char *const *parameters, int count, MemoryContext target) {
  SPI_connect();
  // In SPI's memory, which ends with the connection.
  auto *types = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(count)));
  auto *datums = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<Size>(count)));
  auto *nulls = static_cast<char *>(palloc(static_cast<Size>(count)));
  for (int i = 0; i < count; ++i) {
    types[i] = TEXTOID;
    nulls[i] = parameters[i] == nullptr ? 'n' : ' ';
    if (parameters[i] == nullptr) continue;
    char *server = pg_any_to_server(parameters[i], static_cast<int>(strlen(parameters[i])), PG_UTF8);
    datums[i] = CStringGetTextDatum(server);
  }
  const int code = SPI_execute_with_args(sql, count, types, datums, nulls, false, 0);
  if (code != SPI_OK_SELECT) elog(ERROR, "unexpected result %d of a statement", code);
  const Cells cells = copy_cells(target);
  SPI_finish();
  return cells;
}

// One cell in UTF-8.
std::optional<std::string> cell(const char *text) {
  return text == nullptr ? std::nullopt : std::optional(to_utf8(text, static_cast<int>(strlen(text))));
}

}  // namespace

std::vector<Row> run_statement(const Statement &statement) {
  Row texts;
  for (const std::optional<std::string> &text : statement.parameters) {
    texts.push_back(text ? std::optional(storable(*text)) : std::nullopt);
  }
  std::vector<const char *> parameters;
  for (const std::optional<std::string> &text : texts) parameters.push_back(text ? text->c_str() : nullptr);
  // A procedure runs many statements in one memory context, which would keep what each of them returned.
  MemoryContext results = call(
      [] { return AllocSetContextCreate(CurrentMemoryContext, "internal_events results", ALLOCSET_DEFAULT_SIZES); });
  const Cells cells = call(
      [&] { return execute(statement.sql.c_str(), parameters.data(), static_cast<int>(parameters.size()), results); });
  std::vector<Row> rows(cells.rows);
  for (std::size_t i = 0; i < cells.rows * cells.columns; ++i) rows[i / cells.columns].push_back(cell(cells.texts[i]));
  call([&] { MemoryContextDelete(results); });
  return rows;
}

}  // namespace internal_events::pg
