// What the settings internal_events.* say of what is sent.
#pragma once

#include <functional>
#include <string>

#include "core/delivery/forwarder.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

// The value of a setting by its name without "internal_events."; numbers are in the setting's own unit.
using ReadSetting = std::function<std::string(const char *name)>;

// How a request introduces itself.
std::string user_agent(const std::string &extension_version, const std::string &server_major_version);

// A request with the timeouts, proxy and authorities of the settings, but without method, address and body.
HttpRequest configured_request(const ReadSetting &setting, const std::string &user_agent);

// How events are sent to the collector that the settings name.
ForwardingOptions configured_forwarding(const ReadSetting &setting, const std::string &user_agent);

}  // namespace internal_events::core
