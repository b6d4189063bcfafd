// A procedure as a sequence of steps, each in a transaction of its own. Between them nothing is held: no snapshot, no
// transaction id, and where the procedure was called by itself, no transaction.
#pragma once

#include <vector>

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

  // Throws where it is: `procedure` waits for the network, which must not be done within a transaction.
  void refuse_atomic(const char *procedure) const;

  // Runs a statement and commits it; its rows. Whatever is thrown, it is rolled back, and another one may run.
  std::vector<Row> run(const Statement &statement);

  // Ends the transaction that is in progress, so that what follows may wait for the network.
  void leave();

 private:
  // Called by itself, within another procedure or DO, or within a transaction block or a function.
  enum class Mode { top_level, nested, atomic };

  void enter();
  void commit();
  void abort();

  Mode mode_;
  MemoryContext context_;
};

}  // namespace internal_events::pg
