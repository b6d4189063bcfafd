// What the settings say of HTTP requests.
#pragma once

#include <string>

#include "core/http/http_client.hpp"

namespace internal_events::pg {

// A setting internal_events.<name>, whoever asks; for what must not reach the caller.
std::string secret_setting(const char *name);

// How requests of this server introduce themselves.
std::string user_agent();

// A request with the timeouts, proxy and authorities of the settings, but without method, address and body.
core::HttpRequest configured_request();

// What has to be looked at while the network is waited for: a cancel of the statement, the end of the session or of the
// server.
void check_interrupts();

// Sends it; interrupts end the wait.
core::HttpResponse send(const core::HttpRequest &request);

}  // namespace internal_events::pg
