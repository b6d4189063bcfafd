#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace internal_events::core {

struct HttpRequest {
  std::string method;  // "GET" or "POST"
  std::string url;     // http or https
  std::string body;
  bool gzip = false;                 // the body is sent compressed, as Content-Encoding says
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

// Connections that are kept alive from one request to the next. One thread at a time may use it.
class HttpClient {
 public:
  // At most so many connections are open at once, whether busy or kept alive.
  explicit HttpClient(std::size_t connections);
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  // Sends requests as `next` gives them, several at once, until it gives none, and hands each answer to `done` with the
  // request's number, counted from 0 in the order of `next`. `next` is asked only when a connection is free; after it
  // gave none, it is asked again once `done` has been called. `between_waits` is called before each request and at
  // least every 100 ms of waiting. All three are called outside of libcurl and with the caller's signal mask; nothing
  // moves meanwhile, though the time counts. An exception out of one of them ends all requests on their way and
  // reaches the caller; the client can be used again afterwards, but not inside of a callback.
  //
  // A request whose kept connection breaks before any byte of the answer has come is sent again on another connection,
  // so a server may get it twice.
  void send(const std::function<std::optional<HttpRequest>()> &next,
            const std::function<void(std::size_t number, HttpResponse response)> &done,
            const std::function<void()> &between_waits);

 private:
  class Connections;
  std::unique_ptr<Connections> connections_;
};

// Sends a request on a connection of its own and waits for the answer; `between_waits` as for a client.
HttpResponse http_request(const HttpRequest &request, const std::function<void()> &between_waits);

// What is wrong with the address of a server, if anything.
std::optional<std::string> url_fault(const std::string &url);

// What is wrong with the address of a proxy, if anything; "" is none, and therefore right.
std::optional<std::string> proxy_fault(const std::string &proxy);

// An address as it may be shown: user and password are "***".
std::string without_credentials(const std::string &url);

}  // namespace internal_events::core
