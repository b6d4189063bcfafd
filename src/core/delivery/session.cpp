#include "core/delivery/session.hpp"

#include <utility>

namespace internal_events::core {

HttpResponse Session::send(const HttpRequest &request) {
  return http_request(request, [this] { check(); });
}

Row Session::run(const Statement &statement) {
  std::vector<Row> rows = run_all(statement);
  return rows.empty() ? Row{} : std::move(rows.front());
}

void Session::run_after_failure(const Statement &statement) noexcept {
  if (is_atomic()) return;
  try {
    run_all(statement);
  } catch (...) {
    // The failure before it is the one to be told.
    return;
  }
}

}  // namespace internal_events::core
