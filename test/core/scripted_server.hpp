#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "core/http_client.hpp"

namespace internal_events::core {

// What a server does with the one connection that it takes.
struct Script {
  bool reads_request = true;
  std::string answer{};
  // After the answer: close as usual, reset the connection, or hold it open until the test ends.
  enum class End { close, reset, hold } end = End::close;
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
  void read_request(int connection);
  void play(int connection) const;

  Script script_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<bool> was_contacted_ = false;
  std::string received_;
  std::thread thread_;
};

// An answer with a body.
std::string answer(const std::string &status, const std::string &body, const std::string &headers = "");

// A request with a short body, for a POST, and limits of seconds.
HttpRequest request_to(const std::string &url, const std::string &method = "POST");

// Sends a request that nothing interrupts.
HttpResponse send(const HttpRequest &request);

// Plays a script to one request.
HttpResponse answer_to_script(const Script &script);

// A port of 127.0.0.1 on which nobody listens.
std::uint16_t unused_port();

}  // namespace internal_events::core
