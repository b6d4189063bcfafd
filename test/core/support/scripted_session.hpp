// A session that plays a script, for tests.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/delivery/session.hpp"

namespace internal_events::core {

// What a session throws at an error of SQL.
struct ScriptedError : std::runtime_error, SqlFailure {
  explicit ScriptedError(const std::string &state) : std::runtime_error("what is wrong"), SqlFailure{state, what()} {}
};

class ScriptedSession : public Session {
 public:
  // What a statement returns, or throws.
  using Reply = std::function<std::vector<Row>()>;

  std::map<std::string, std::deque<Reply>> replies;  // by the function that a statement calls; without one: no row
  std::map<std::string, std::string> settings{{"http_connect_timeout", "1000"}, {"http_timeout", "1000"}};
  std::function<HttpResponse(const HttpRequest &)> answer;  // without one: by the network
  std::function<void()> when_checked = [] {};
  bool has_transaction = false;

  std::vector<std::string> calls;  // what was run, as "function(parameter, ...)"
  std::vector<HttpRequest> requests;

  // Adds replies to a function's calls.
  void reply(const std::string &function, const Row &row);
  void fail(const std::string &function, const std::string &state);

  // Whether any call is one of this function.
  bool has_called(const std::string &function) const;

  bool is_atomic() const override { return has_transaction; }
  std::vector<Row> run_all(const Statement &statement) override;
  std::string setting(const char *name) override { return settings[name]; }
  std::string user_agent() const override { return "test"; }
  void check() override { when_checked(); }
  void wait(std::chrono::milliseconds) override { when_checked(); }
  HttpResponse send(const HttpRequest &request) override;
};

}  // namespace internal_events::core
