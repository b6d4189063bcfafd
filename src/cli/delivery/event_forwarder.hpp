// Forwards events to a Snowplow collector from outside of the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/delivery/delivery_session.hpp"

namespace internal_events::cli {

// What a run has come to.
struct ForwardingReport {
  std::size_t delivered = 0;
  std::size_t refused = 0;
  std::string error;                                  // why it stopped before all was sent; empty: it did not
  std::optional<std::chrono::milliseconds> next_try;  // after an error
  std::string message;                                // why it did not begin; empty: it did
  std::chrono::steady_clock::duration elapsed{0};
};

// Sends all that waits, with a bar on a terminal. force: even where the collector has to be left alone for now.
ForwardingReport forward_events(DeliverySession &session, bool force);

// Says on standard error what it has come to; where that is nothing, only if `is_verbose`.
void show(const ForwardingReport &report, bool is_verbose);

nlohmann::ordered_json to_json(const ForwardingReport &report);

}  // namespace internal_events::cli
