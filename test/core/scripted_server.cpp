#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
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
      length == std::string::npos || length > end ? 0 : std::stoul(request.substr(length + name.size()));
  return request.size() >= end + 4 + expected;
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
  if (script_.reads_request) read_request(connection);
  play(connection);
  close(connection);
}

void ScriptedServer::read_request(int connection) {
  std::array<char, 4096> piece{};
  while (!is_whole(received_) && is_readable(connection, stop_[0])) {
    const ssize_t length = read(connection, piece.data(), piece.size());
    if (length <= 0) return;
    received_.append(piece.data(), static_cast<std::size_t>(length));
  }
}

void ScriptedServer::play(int connection) const {
  for (std::size_t sent = 0; sent < script_.answer.size();) {
    const ssize_t length = send(connection, script_.answer.data() + sent, script_.answer.size() - sent, MSG_NOSIGNAL);
    if (length <= 0) return;
    sent += static_cast<std::size_t>(length);
  }
  if (script_.end == Script::End::hold) {
    pollfd wait{stop_[0], POLLIN, 0};
    poll(&wait, 1, -1);
  } else if (script_.end == Script::End::reset) {
    const linger at_once{1, 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
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
