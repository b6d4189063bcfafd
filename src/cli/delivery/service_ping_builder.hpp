// Builds the Service Ping of the week from outside of the server.
#pragma once

#include "cli/delivery/delivery_session.hpp"
#include "core/delivery/build_service_ping.hpp"

namespace internal_events::cli {

// Measures step by step, with a bar on a terminal; where the week has its ping, only finds that. force: another one.
core::BuiltPing build_service_ping(DeliverySession &session, bool force);

}  // namespace internal_events::cli
