// Builds the Service Ping of the week from outside of the server.
#pragma once

#include <optional>
#include <string>

#include "cli/delivery/delivery_session.hpp"

namespace internal_events::cli {

struct BuiltPing {
  std::optional<std::string> id;  // none: building is off
  bool is_new = false;            // it was built, or finished, by this call
};

// Measures step by step, with a bar on a terminal; where the week has its ping, only finds that. force: another one.
BuiltPing build_service_ping(DeliverySession &session, bool force);

}  // namespace internal_events::cli
