// What the settings say of HTTP requests.
#pragma once

#include <string>

#include "core/http_client.hpp"

namespace internal_events::pg {

// A setting internal_events.<name>, whoever asks; for what must not reach the caller.
std::string secret_setting(const char *name);

// A request with the timeouts, proxy, authorities and user agent of the settings.
core::HttpRequest configured_request(const std::string &method, const std::string &url);

// Sends it. A cancel of the statement, or the end of the session, ends the wait.
core::HttpResponse send(const core::HttpRequest &request);

}  // namespace internal_events::pg
