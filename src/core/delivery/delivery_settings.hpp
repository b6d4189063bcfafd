// What the settings internal_events.* say of what is sent.
#pragma once

#include <string>

#include "core/delivery/forwarder.hpp"
#include "core/delivery/session.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

// How a request introduces itself.
std::string user_agent(const std::string &extension_version, const std::string &server_major_version);

// A request with the timeouts, proxy and authorities of the settings, but without method, address and body.
HttpRequest configured_request(Session &session);

// How events are sent to the collector that the settings name.
ForwardingOptions configured_forwarding(Session &session);

}  // namespace internal_events::core
