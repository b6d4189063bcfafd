#include "cli/delivery/service_ping_builder.hpp"

#include <optional>

#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

// Shows how many metrics of a ping have been measured.
class BuildBar {
 public:
  explicit BuildBar(DeliverySession &session) : session_(session), is_shown_(is_terminal(Stream::error)) {}

  void update(const std::string &ping) {
    if (!is_shown_) return;
    const Row row = session_.run(
        {"SELECT measured, metrics FROM internal_events.service_ping_progress WHERE ping_id = $1::pg_catalog.int8",
         {ping}});
    if (row.empty()) return;
    if (!progress_) progress_.emplace("Service Ping " + ping + ": metrics", std::stoul(*row[1]));
    const std::size_t measured = std::stoul(*row[0]);
    progress_->advance(measured - measured_);
    measured_ = measured;
  }

 private:
  DeliverySession &session_;
  bool is_shown_;
  std::size_t measured_ = 0;
  std::optional<Progress> progress_;
};

}  // namespace

core::BuiltPing build_service_ping(DeliverySession &session, bool force) {
  BuildBar bar(session);
  return core::build_service_ping(session, force, [&](const std::string &ping) { bar.update(ping); });
}

}  // namespace internal_events::cli
