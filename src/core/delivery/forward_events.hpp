// Forwards the events that wait to a Snowplow collector.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "core/delivery/session.hpp"

namespace internal_events::core {

// What a run has come to.
struct ForwardingReport {
  std::size_t delivered = 0;
  std::size_t refused = 0;
  std::string error;                                  // why it stopped before all was sent; empty: it did not
  std::optional<std::chrono::milliseconds> next_try;  // after an error
  std::string message;                                // why it did not begin; empty: it did
  std::chrono::steady_clock::duration elapsed{0};
};

// What is told when a run begins, and after each portion.
using ForwardingProgress = std::function<void(const ForwardingReport &so_far)>;

// Reads, queues, sends and records, portion by portion. force: even where the collector has to be left alone for now.
//
// Whatever ends a run before its time, what is known to have arrived is recorded and the next session let in; what is
// not known to have arrived is sent again.
ForwardingReport forward_events(Session &session, bool force, const ForwardingProgress &progress);

}  // namespace internal_events::core
