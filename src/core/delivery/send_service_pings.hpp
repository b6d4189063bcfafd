// Sends the Service Pings, and the reports of failed builds, that are due.
#pragma once

#include <functional>

#include "core/delivery/service_ping_delivery.hpp"
#include "core/delivery/session.hpp"

namespace internal_events::core {

// What is told of each ping after its attempt has been stored.
using PingSent = std::function<void(const ClaimedPing &ping, const Attempt &attempt)>;

// Claims, sends and records, oldest first, until nothing is due or the receiver is not there. Whatever interrupts an
// attempt is no answer: it is recorded as one of which nobody knows whether it arrived.
void send_service_pings(Session &session, const PingSent &sent);

}  // namespace internal_events::core
