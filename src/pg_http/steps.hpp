// A procedure as a sequence of steps, each in a transaction of its own. Between them nothing is held: no snapshot, no
// transaction id, and where the procedure was called by itself, no transaction.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "pg/postgres.hpp"
#include "pg_http/statement.hpp"

namespace internal_events::pg {

class Steps {
 public:
  explicit Steps(FunctionCallInfo fcinfo);
  ~Steps();
  Steps(const Steps &) = delete;
  Steps &operator=(const Steps &) = delete;

  // Whether it runs within somebody's transaction, and so cannot end one.
  bool is_atomic() const { return mode_ == Mode::atomic; }

  // Runs a statement and commits it; an error rolls it back and is thrown as SqlError.
  Row run(const char *sql, std::initializer_list<std::optional<std::string>> arguments);

  // Ends the transaction that is in progress, so that what follows may wait for the network.
  void leave();

 private:
  // Called by itself, within another procedure or DO, or within a transaction block or a function.
  enum class Mode { top_level, nested, atomic };

  void enter();

  Mode mode_;
  MemoryContext context_;
};

}  // namespace internal_events::pg
