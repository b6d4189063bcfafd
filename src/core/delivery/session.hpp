// The session from which Service Pings are built and sent and events forwarded: inside of the server, or outside.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/delivery/sql_failure.hpp"
#include "core/delivery/statement.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

class Session {
 public:
  Session() = default;
  virtual ~Session() = default;
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  // Whether it runs within somebody else's transaction, during which nothing must wait for the network.
  virtual bool is_atomic() const { return false; }

  // Runs a statement, which takes effect before it returns, and returns its rows. An error is thrown as a SqlFailure;
  // whatever is thrown, the session can run another statement, unless it is lost.
  virtual std::vector<Row> run_all(const Statement &statement) = 0;

  // The value of internal_events.<name> as it is now; numbers are in the setting's own unit.
  virtual std::string setting(const char *name) = 0;

  // How its requests introduce themselves.
  virtual std::string user_agent() const = 0;

  // Throws where somebody wants the work to end, or the session is lost.
  virtual void check() = 0;

  // Lets time pass; what check() throws ends the wait.
  virtual void wait(std::chrono::milliseconds span) = 0;

  // Sends a request; what check() throws ends the wait for the answer.
  virtual HttpResponse send(const HttpRequest &request);

  // Runs a statement that returns one row, or none: an empty one.
  Row run(const Statement &statement);

  // Puts in order what a failure leaves behind, where that can be done: an error of somebody else's transaction undoes
  // the work by itself, and a session that is lost runs nothing.
  void run_after_failure(const Statement &statement) noexcept;
};

}  // namespace internal_events::core
