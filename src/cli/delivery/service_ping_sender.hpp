// Sends Service Pings from outside of the server.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/delivery/delivery_session.hpp"
#include "core/delivery/send_service_pings.hpp"

namespace internal_events::cli {

// A Service Ping, or report of a failed build, and what became of it.
struct SentPing {
  std::string id;
  bool is_report = false;
  core::Attempt attempt;
  std::optional<std::string> next_attempt_at;  // none: with the next ping, or there is no need of one
};

// Sends what is due, oldest first, and says on standard error what became of each.
std::vector<SentPing> send_service_pings(DeliverySession &session);

// Whether all of them arrived.
bool all_arrived(const std::vector<SentPing> &pings);

nlohmann::ordered_json to_json(const std::vector<SentPing> &pings);

}  // namespace internal_events::cli
