#include "support/scripted_session.hpp"

#include <algorithm>
#include <utility>

namespace internal_events::core {
namespace {

// The function of ours that a statement calls.
std::string function_of(const std::string &sql) {
  const std::string schema = "internal_events.";
  const std::size_t begin = sql.find(schema) + schema.size();
  return sql.substr(begin, sql.find('(', begin) - begin);
}

std::string call_of(const Statement &statement) {
  std::string call = function_of(statement.sql) + "(";
  const char *separator = "";
  for (const auto &parameter : statement.parameters) {
    call += std::exchange(separator, ", ") + parameter.value_or("null");
  }
  return call + ")";
}

}  // namespace

void ScriptedSession::reply(const std::string &function, const Row &row) {
  replies[function].emplace_back([row] { return std::vector<Row>{row}; });
}

void ScriptedSession::fail(const std::string &function, const std::string &state) {
  replies[function].emplace_back([state]() -> std::vector<Row> { throw ScriptedError(state); });
}

bool ScriptedSession::has_called(const std::string &function) const {
  return std::any_of(calls.begin(), calls.end(),
                     [&](const std::string &call) { return call.starts_with(function + "("); });
}

std::vector<Row> ScriptedSession::run_all(const Statement &statement) {
  calls.push_back(call_of(statement));
  std::deque<Reply> &left = replies[function_of(statement.sql)];
  if (left.empty()) return {};
  const Reply next = std::move(left.front());
  left.pop_front();
  return next();
}

HttpResponse ScriptedSession::send(const HttpRequest &request) {
  requests.push_back(request);
  return answer ? answer(request) : Session::send(request);
}

}  // namespace internal_events::core
