#include "cli/database.hpp"

#include <libpq-fe.h>

#include <iostream>
#include <string_view>
#include <utility>

#include "cli/terminal.hpp"
#include "core/characters.hpp"
#include "core/printable.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

struct Clear {
  void operator()(PGresult *result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

// Bytes as UTF-8, with U+FFFD for each that is none.
std::string as_utf8(std::string_view bytes) {
  std::string text;
  while (const auto at = core::first_unreadable_byte(bytes)) {
    const bool is_control = static_cast<unsigned char>(bytes[*at]) < 0x80;
    text += bytes.substr(0, *at);
    text += is_control ? bytes.substr(*at, 1) : "\xEF\xBF\xBD";
    bytes.remove_prefix(*at + 1);
  }
  return text.append(bytes);
}

// A text that the server has sent, as UTF-8.
std::string received(std::string text, PGconn *connection) {
  const char *encoding = PQparameterStatus(connection, "client_encoding");
  if (encoding != nullptr && std::string_view(encoding) == "SQL_ASCII") return as_utf8(text);
  return text;
}

// A text of libpq's, if it is one, without the line ends behind it.
std::string line_of(const char *text) {
  return std::string(core::trimmed(text == nullptr ? "" : text));
}

// A field of a message of the server; empty where it has none.
std::string field(const PGresult *result, int code) {
  return line_of(PQresultErrorField(result, code));
}

// Shows what a server says besides.
void show_notice(const Notice &notice) {
  const Style style = style_of(Stream::error);
  std::cerr << style.yellow(notice.severity + ": ") << core::printable(notice.message) << '\n';
}

void receive_notice(void *function, const PGresult *result) {
  const auto &receive = *static_cast<std::function<void(const Notice &)> *>(function);
  const std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
  receive({field(result, PG_DIAG_SEVERITY), field(result, PG_DIAG_SQLSTATE),
           field(result, PG_DIAG_MESSAGE_PRIMARY) + (hint.empty() ? "" : ". " + hint)});
}

[[noreturn]] void refuse(const PGresult *result, PGconn *connection) {
  std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = line_of(PQerrorMessage(connection));
  const std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) message += "\n" + detail;
  const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
  std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
  constexpr const char *insufficient_privilege = "42501";
  if (hint.empty() && sqlstate == insufficient_privilege) {
    hint = "Metrics and previews need a member of internal_events_reader, all else one of internal_events_admin.";
  }
  throw DatabaseError(received(message, connection), received(hint, connection), sqlstate);
}

// What libpq takes parameters as; null: a null pointer.
std::vector<const char *> pointers_to(const std::vector<Value> &parameters) {
  std::vector<const char *> values;
  values.reserve(parameters.size());
  for (const Value &parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  return values;
}

// The rows of an answer, which must not be an error.
std::vector<Row> rows_of(const PGresult *result, PGconn *connection) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) refuse(result, connection);
  std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result)));
  for (int r = 0; r < PQntuples(result); ++r) {
    Row &row = rows[static_cast<std::size_t>(r)];
    for (int c = 0; c < PQnfields(result); ++c) {
      if (PQgetisnull(result, r, c) == 1) {
        row.emplace_back();
      } else {
        const auto length = static_cast<std::size_t>(PQgetlength(result, r, c));
        row.emplace_back(received({PQgetvalue(result, r, c), length}, connection));
      }
    }
  }
  return rows;
}

// What a database without an encoding holds may be no UTF-8, and the server would refuse to send that as UTF-8: it
// sends the bytes as they are, and received() makes UTF-8 of them.
constexpr const char *prepare_session = R"(
SELECT pg_catalog.set_config('search_path', 'pg_catalog', false),
       CASE pg_catalog.getdatabaseencoding()
           WHEN 'SQL_ASCII' THEN pg_catalog.set_config('client_encoding', 'SQL_ASCII', false)
       END)";

}  // namespace

void Database::Finish::operator()(pg_conn *connection) const {
  PQfinish(connection);
}

Database::Database(const std::string &dbname, const std::string &other)
    : notices_(std::make_unique<Notices>(show_notice)) {
  const char *keywords[] = {"dbname", "client_encoding", "fallback_application_name", "dbname", nullptr};
  const char *values[] = {dbname.c_str(), "UTF8", "internal-events", other.empty() ? nullptr : other.c_str(), nullptr};
  connection_.reset(PQconnectdbParams(keywords, values, 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw Failure(
        "cannot connect: " + line_of(PQerrorMessage(connection_.get())),
        "Name the database by --dbname, as a name or as 'host=... dbname=... user=...', or by PGHOST, PGPORT, "
        "PGUSER and PGDATABASE.");
  }
  PQsetNoticeReceiver(connection_.get(), receive_notice, notices_.get());
  run(prepare_session);
}

Database Database::with_extension(const std::string &dbname) {
  Database database(dbname);
  if (!database.value("SELECT true FROM pg_extension WHERE extname = 'internal_events'")) {
    throw NoExtension(database.description());
  }
  return database;
}

std::vector<Row> Database::run(const std::string &sql, const std::vector<Value> &parameters) {
  const std::vector<const char *> values = pointers_to(parameters);
  const Result result(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                   values.data(), nullptr, nullptr, 0));
  return rows_of(result.get(), connection_.get());
}

void Database::prepare(const std::string &name, const std::string &sql) {
  const Result result(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
  rows_of(result.get(), connection_.get());
}

std::vector<Row> Database::run_prepared(const std::string &name, const std::vector<Value> &parameters) {
  const std::vector<const char *> values = pointers_to(parameters);
  const Result result(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), values.data(),
                                     nullptr, nullptr, 0));
  return rows_of(result.get(), connection_.get());
}

Value Database::value(const std::string &sql, const std::vector<Value> &parameters) {
  const std::vector<Row> rows = run(sql, parameters);
  return rows.empty() || rows.front().empty() ? std::nullopt : rows.front().front();
}

void Database::on_notice(Notices function) {
  *notices_ = std::move(function);
}

bool Database::is_alive() {
  return PQconsumeInput(connection_.get()) == 1 && PQstatus(connection_.get()) == CONNECTION_OK;
}

void Database::check_alive() {
  if (is_alive()) return;
  throw DatabaseError("the session has ended: " + line_of(PQerrorMessage(connection_.get())), "", "");
}

std::shared_ptr<pg_cancel> Database::canceler() const {
  return {PQgetCancel(connection_.get()), PQfreeCancel};
}

std::string Database::description() const {
  return "database \"" + std::string(PQdb(connection_.get())) + "\" on " + PQhost(connection_.get());
}

Transaction::Transaction(Database &database) : database_(database) {
  database_.run("BEGIN");
}

Transaction::~Transaction() {
  if (!is_open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Failure &) {
    // The session is gone, and with it the transaction.
    is_open_ = false;
  }
}

void Transaction::commit() {
  is_open_ = false;
  database_.run("COMMIT");
}

}  // namespace internal_events::cli
