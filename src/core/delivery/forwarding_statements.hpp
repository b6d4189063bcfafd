// The statements of a session that forwards events, and what their rows mean.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/delivery/forwarder.hpp"
#include "core/delivery/statement.hpp"

namespace internal_events::core {

// A run comes back after so long at the latest while the collector is out of order; the next one goes on.
constexpr std::chrono::milliseconds forwarding_patience{10'000};

// Makes the session the one that forwards.
Statement begin_forwarding(bool force);

// What came of that.
struct ForwardingBegin {
  bool may_send = false;
  std::optional<std::chrono::milliseconds> delay;  // until the collector may be tried; none: another session sends
  std::string message;                             // why it may not send
};
ForwardingBegin forwarding_begin_of(const Row &row);

// Takes what is to be sent next.
Statement next_portion(bool left_over);
Portion portion_of(const std::vector<Row> &rows);

// Stores what has become of it.
Statement record_outcome(const Outcome &outcome);
std::optional<std::chrono::milliseconds> delay_of(const Row &row);

// Makes room for another session.
Statement end_forwarding();

}  // namespace internal_events::core
