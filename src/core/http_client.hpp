#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace internal_events::core {

struct HttpRequest {
  std::string method;  // "GET" or "POST"
  std::string url;     // http or https
  std::string body;
  std::vector<std::string> headers;  // "Name: value"
  std::string user_agent;
  std::string proxy;    // empty: none, whatever the environment says
  std::string ca_file;  // empty: the system's authorities
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{30'000};
  std::size_t max_response = std::size_t{1} << 20U;
};

struct HttpResponse {
  int status = 0;  // 0: no answer
  std::string body;
  bool truncated = false;  // the body was longer than max_response
  std::string location;    // where a redirect leads; it is never followed
  std::string error;       // why there is no answer, or not a whole one
  std::chrono::milliseconds elapsed{0};
};

// Sends a request and waits for the answer. `between_waits` is called at least every 100 ms, outside of libcurl and
// with the caller's signal mask; an exception out of it ends the request and reaches the caller.
HttpResponse http_request(const HttpRequest &request, const std::function<void()> &between_waits);

// What is wrong with the address of a server, if anything.
std::optional<std::string> url_fault(const std::string &url);

// What is wrong with the address of a proxy, if anything; "" is none, and therefore right.
std::optional<std::string> proxy_fault(const std::string &proxy);

// An address as it may be shown: user and password are "***".
std::string without_credentials(const std::string &url);

}  // namespace internal_events::core
