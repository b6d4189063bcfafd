// A connection to PostgreSQL by libpq.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.hpp"
#include "core/delivery/sql_failure.hpp"

struct pg_cancel;
struct pg_conn;

namespace internal_events::cli {

using Value = std::optional<std::string>;  // as text; none: null
using Row = std::vector<Value>;

// What a server says against a statement.
struct DatabaseError : Failure, core::SqlFailure {
  DatabaseError(const std::string &text, const std::string &hint, const std::string &state)
      : Failure(text, hint), SqlFailure{state, text} {}
};

// The database has no extension internal_events.
struct NoExtension : Failure {
  explicit NoExtension(const std::string &database)
      : Failure(
            database + " does not have the extension internal_events",
            "CREATE EXTENSION internal_events CASCADE;  -- there, as a superuser; or name another one by --dbname") {}
};

// What a server says besides its answer.
struct Notice {
  std::string severity;
  std::string sqlstate;
  std::string message;  // with its hint
};

// A session. Names in statements are to be qualified: its search_path holds nothing but pg_catalog. Texts are UTF-8:
// in those of a database without an encoding (SQL_ASCII), which may be any bytes, U+FFFD stands for what is none.
class Database {
 public:
  // `dbname` is a name or a connection string; libpq's environment says what it leaves out. `other` names another
  // database of the same server.
  explicit Database(const std::string &dbname, const std::string &other = "");

  // The same, of a database that has the extension; says so where it has not.
  static Database with_extension(const std::string &dbname);

  // Runs a statement and returns its rows.
  std::vector<Row> run(const std::string &sql, const std::vector<Value> &parameters = {});

  // Plans a statement once, to be run by its name as often as wanted.
  void prepare(const std::string &name, const std::string &sql);
  std::vector<Row> run_prepared(const std::string &name, const std::vector<Value> &parameters);

  // Runs a statement and returns the first value of its first row; none where there is no row.
  Value value(const std::string &sql, const std::vector<Value> &parameters = {});

  // Hands each WARNING and NOTICE to a function. Until then they go to standard error.
  void on_notice(std::function<void(const Notice &)> function);

  // Whether the session is still there; for a time in which no statement would find that out.
  bool is_alive();

  // Throws where it is not.
  void check_alive();

  // What ends the statement that runs at a time, from a signal handler too.
  std::shared_ptr<pg_cancel> canceler() const;

  // What the session is connected to, in words: database "app" on /run/postgresql.
  std::string description() const;

 private:
  struct Finish {
    void operator()(pg_conn *connection) const;
  };
  using Notices = std::function<void(const Notice &)>;

  std::unique_ptr<pg_conn, Finish> connection_;
  std::unique_ptr<Notices> notices_;  // libpq keeps its address
};

// Statements that take effect together, by commit(), or not at all.
class Transaction {
 public:
  explicit Transaction(Database &database);
  ~Transaction();
  Transaction(const Transaction &) = delete;
  Transaction &operator=(const Transaction &) = delete;

  void commit();

 private:
  Database &database_;
  bool is_open_ = true;
};

}  // namespace internal_events::cli
