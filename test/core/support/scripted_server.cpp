#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace internal_events::core {
namespace {

// Throws what errno says if a call failed.
int checked(int result) {
  if (result < 0) throw std::system_error(errno, std::system_category());
  return result;
}

// Binds a socket to a free port.
std::uint16_t bind_anywhere(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(socket, reinterpret_cast<sockaddr *>(&address), sizeof address));
  socklen_t length = sizeof address;
  checked(getsockname(socket, reinterpret_cast<sockaddr *>(&address), &length));
  return ntohs(address.sin_port);
}

// Waits until a socket can be read, at most until the server is to stop.
bool is_readable(int socket, int stop) {
  std::array<pollfd, 2> waits{{{socket, POLLIN, 0}, {stop, POLLIN, 0}}};
  return poll(waits.data(), waits.size(), -1) > 0 && waits[0].revents != 0;
}

// Whether a request is there with all of its body.
bool is_whole(const std::string &request) {
  const std::size_t end = request.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string name = "Content-Length: ";
  const std::size_t length = request.find(name);
  const std::size_t expected =
      length == std::string::npos || length > end ? 0 : std::stoul(request.substr(length + name.size(), 20));
  return request.size() >= end + 4 + expected;
}

// Reads until there is a whole request, or no more can come.
std::string read_request(int connection, int stop) {
  std::string request;
  std::array<char, 4096> piece{};
  while (!is_whole(request) && is_readable(connection, stop)) {
    const ssize_t length = read(connection, piece.data(), piece.size());
    if (length <= 0) break;
    request.append(piece.data(), static_cast<std::size_t>(length));
  }
  return request;
}

// Sends the answer of a script, and prepares the end of the connection.
void play(const Script &script, int connection, int stop) {
  for (std::size_t sent = 0; sent < script.answer.size();) {
    const ssize_t length = send(connection, script.answer.data() + sent, script.answer.size() - sent, MSG_NOSIGNAL);
    if (length <= 0) return;
    sent += static_cast<std::size_t>(length);
  }
  std::array<char, 4096> ignored{};
  if (script.end == Script::End::hold) {
    while (is_readable(connection, stop) && read(connection, ignored.data(), ignored.size()) > 0) continue;
  }
  if (script.end == Script::End::reset_next) is_readable(connection, stop);
  if (script.end == Script::End::reset || script.end == Script::End::reset_next) {
    const linger at_once{1, 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), listener_(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  port_ = bind_anywhere(listener_);
  checked(listen(listener_, 1));
  checked(pipe(stop_));
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  close(stop_[1]);
  if (thread_.joinable()) thread_.join();
  close(stop_[0]);
  close(listener_);
}

std::string ScriptedServer::url(const std::string &path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::string ScriptedServer::received() {
  thread_.join();
  return received_;
}

void ScriptedServer::serve() {
  if (!is_readable(listener_, stop_[0])) return;
  const int connection = accept(listener_, nullptr, nullptr);
  was_contacted_ = true;
  if (script_.reads_request) received_ = read_request(connection, stop_[0]);
  play(script_, connection, stop_[0]);
  close(connection);
}

KeepAliveServer::KeepAliveServer(Handler handler)
    : handler_(std::move(handler)), listener_(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  port_ = bind_anywhere(listener_);
  checked(listen(listener_, 100));
  checked(pipe(stop_));
  thread_ = std::thread([this] { serve(); });
}

KeepAliveServer::~KeepAliveServer() {
  close(stop_[1]);
  thread_.join();
  for (std::thread &conversation : conversations_) conversation.join();
  close(stop_[0]);
  close(listener_);
}

std::string KeepAliveServer::url(const std::string &path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::size_t KeepAliveServer::connections() const {
  const std::lock_guard lock(mutex_);
  return conversations_.size();
}

std::size_t KeepAliveServer::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_at_once_;
}

std::size_t KeepAliveServer::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::vector<std::string> KeepAliveServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void KeepAliveServer::serve() {
  while (is_readable(listener_, stop_[0])) {
    const int connection = accept(listener_, nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    most_at_once_ = std::max(most_at_once_, ++open_);
    conversations_.emplace_back([this, connection] { converse(connection); });
  }
}

void KeepAliveServer::converse(int connection) {
  Script script{.end = Script::End::await};
  for (std::size_t count = 0; script.end == Script::End::await; ++count) {
    const std::string request = read_request(connection, stop_[0]);
    if (!is_whole(request)) break;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    script = handler_(request, count);
    play(script, connection, stop_[0]);
  }
  const std::lock_guard lock(mutex_);
  close(connection);
  --open_;
}

std::string answer(const std::string &status, const std::string &body, const std::string &headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpRequest request_to(const std::string &url, const std::string &method) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.body = method == "POST" ? R"({"a": 1})" : "";
  request.user_agent = "internal_events/test";
  request.connect_timeout = std::chrono::milliseconds(2'000);
  request.timeout = std::chrono::milliseconds(5'000);
  return request;
}

HttpResponse send(const HttpRequest &request) {
  return http_request(request, [] {});
}

std::vector<HttpResponse> send_all(HttpClient &client, const std::vector<HttpRequest> &requests) {
  std::vector<HttpResponse> responses(requests.size());
  std::set<std::size_t> answered;
  std::size_t count = 0;
  client.send([&] { return count < requests.size() ? std::optional(requests[count++]) : std::nullopt; },
              [&](std::size_t number, HttpResponse response) {
                if (!answered.insert(number).second) throw std::logic_error("a request was answered twice");
                responses.at(number) = std::move(response);
              },
              [] {});
  if (answered.size() != requests.size()) throw std::logic_error("a request was not answered");
  return responses;
}

HttpResponse answer_to_script(const Script &script) {
  const ScriptedServer server(script);
  return send(request_to(server.url()));
}

std::uint16_t unused_port() {
  const int probe = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::uint16_t port = bind_anywhere(probe);
  close(probe);
  return port;
}

}  // namespace internal_events::core
