// Forwards events to a Snowplow collector from outside of the server.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/delivery/delivery_session.hpp"
#include "core/delivery/forward_events.hpp"

namespace internal_events::cli {

// Sends all that waits, with a bar on a terminal. force: even where the collector has to be left alone for now.
core::ForwardingReport forward_events(DeliverySession &session, bool force);

// Says on standard error what it has come to; where that is nothing, only if `is_verbose`.
void show(const core::ForwardingReport &report, bool is_verbose);

nlohmann::ordered_json to_json(const core::ForwardingReport &report);

}  // namespace internal_events::cli
