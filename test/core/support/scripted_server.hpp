#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/http/http_client.hpp"

namespace internal_events::core {

// What a server does with the one connection that it takes.
struct Script {
  bool reads_request = true;
  std::string answer{};
  // After the answer: close as usual, reset the connection, hold it open in silence until the test or the client ends
  // it, await the next request, or await its first bytes and then reset.
  enum class End { close, reset, hold, await, reset_next } end = End::close;
};

// A server of one connection on 127.0.0.1, in a thread of its own, that plays a script.
class ScriptedServer {
 public:
  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer &) = delete;
  ScriptedServer &operator=(const ScriptedServer &) = delete;

  // "http://127.0.0.1:port" and a path.
  std::string url(const std::string &path = "/") const;
  std::uint16_t port() const { return port_; }
  bool was_contacted() const { return was_contacted_; }

  // Waits for the end of the script; the bytes of the request.
  std::string received();

 private:
  void serve();

  Script script_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<bool> was_contacted_ = false;
  std::string received_;
  std::thread thread_;
};

// A server of many connections on 127.0.0.1, each in a thread of its own, that are kept until a script ends them.
class KeepAliveServer {
 public:
  // What to do about a request; called in the thread of its connection, of which it is the number `on_connection`,
  // counted from 0. `reads_request` is not looked at.
  using Handler = std::function<Script(const std::string &request, std::size_t on_connection)>;

  explicit KeepAliveServer(Handler handler);
  ~KeepAliveServer();
  KeepAliveServer(const KeepAliveServer &) = delete;
  KeepAliveServer &operator=(const KeepAliveServer &) = delete;

  std::string url(const std::string &path = "/") const;
  // How many connections it has taken.
  std::size_t connections() const;
  // How many of them were open at the same time, at most.
  std::size_t most_at_once() const;
  // How many are open.
  std::size_t open() const;
  // The requests in the order in which they were whole.
  std::vector<std::string> requests() const;

 private:
  void serve();
  void converse(int connection);

  Handler handler_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::size_t most_at_once_ = 0;
  std::vector<std::string> requests_;
  std::vector<std::thread> conversations_;
  std::thread thread_;
};

// An answer with a body.
std::string answer(const std::string &status, const std::string &body, const std::string &headers = "");

// A request with a short body, for a POST, and limits of seconds.
HttpRequest request_to(const std::string &url, const std::string &method = "POST");

// Sends a request that nothing interrupts.
HttpResponse send(const HttpRequest &request);

// Sends requests through a client; the answers in their order.
std::vector<HttpResponse> send_all(HttpClient &client, const std::vector<HttpRequest> &requests);

// Plays a script to one request.
HttpResponse answer_to_script(const Script &script);

// A port of 127.0.0.1 on which nobody listens.
std::uint16_t unused_port();

}  // namespace internal_events::core
