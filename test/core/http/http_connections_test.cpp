#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/http/http_client.hpp"
#include "support/process_state.hpp"
#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using End = Script::End;

// Holds each request back until so many wait.
class Gate {
 public:
  explicit Gate(std::size_t size) : size_(size) {}

  // Whether so many came together, in a time in which they could.
  bool pass() {
    std::unique_lock lock(mutex_);
    const std::size_t mine = count_++ / size_;
    if (count_ % size_ == 0) {
      ++opened_;
      changed_.notify_all();
    }
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return opened_ > mine; });
  }

 private:
  std::size_t size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
  std::size_t opened_ = 0;
};

// Says "fine", and awaits the next request.
Script fine(const std::string & /*request*/, std::size_t /*on_connection*/) {
  return {.answer = answer("200 OK", "fine"), .end = End::await};
}

// Says "fine" once on each connection, and then does something else.
KeepAliveServer::Handler fine_once(const Script &then) {
  return [then](const std::string &request, std::size_t on_connection) {
    return on_connection == 0 ? fine(request, 0) : then;
  };
}

// So many requests to a server, each with a path of its own.
std::vector<HttpRequest> requests_to(const KeepAliveServer &server, std::size_t count) {
  std::vector<HttpRequest> requests;
  for (std::size_t i = 0; i < count; ++i) requests.push_back(request_to(server.url("/" + std::to_string(i))));
  return requests;
}

// Waits until a server has no connection open.
bool all_closed(const KeepAliveServer &server) {
  for (int i = 0; i < 500 && server.open() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return server.open() == 0;
}

TEST(HttpConnections, CarrySeveralRequestsAtOnceButNoMore) {
  Gate gate(4);
  const KeepAliveServer server([&](const std::string &request, std::size_t) -> Script {
    const std::string path = request.substr(5, request.find(" HTTP") - 5);
    return {.answer = answer(gate.pass() ? "200 OK" : "500 Alone", path), .end = End::await};
  });
  HttpClient client(4);
  const std::vector<HttpResponse> responses = send_all(client, requests_to(server, 12));
  for (std::size_t i = 0; i < responses.size(); ++i) {
    EXPECT_EQ(responses[i].status, 200) << responses[i].error;
    EXPECT_EQ(responses[i].body, "/" + std::to_string(i));
  }
  EXPECT_EQ(server.most_at_once(), 4U);
  EXPECT_EQ(server.connections(), 4U);
  EXPECT_EQ(server.requests().size(), 12U);
}

TEST(HttpConnections, AreKeptFromOneCallToTheNext) {
  const KeepAliveServer server(fine);
  {
    HttpClient client(3);
    for (int call = 0; call < 4; ++call) {
      for (const HttpResponse &response : send_all(client, requests_to(server, 5))) EXPECT_EQ(response.body, "fine");
    }
    EXPECT_EQ(server.requests().size(), 20U);
    EXPECT_LE(server.connections(), 3U);
    EXPECT_GE(server.open(), 1U);
  }
  EXPECT_TRUE(all_closed(server));
}

TEST(HttpConnections, OfASingleRequestAreClosed) {
  const KeepAliveServer server(fine);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(request_to(server.url())).body, "fine");
  EXPECT_EQ(server.connections(), 3U);
  EXPECT_TRUE(all_closed(server));
}

TEST(HttpConnections, MakeRoomForAnotherServer) {
  const KeepAliveServer one(fine);
  const KeepAliveServer other([&](const std::string &, std::size_t) -> Script {
    return {.answer = answer(all_closed(one) ? "200 OK" : "500 Too many", ""), .end = End::await};
  });
  HttpClient client(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(send_all(client, {request_to(one.url())}).at(0).status, 200);
    EXPECT_EQ(send_all(client, {request_to(other.url())}).at(0).status, 200);
  }
  EXPECT_EQ(one.connections(), 3U);
}

TEST(HttpConnections, AreWaitedForBeforeMoreIsAskedFor) {
  Gate gate(3);
  const KeepAliveServer server([&](const std::string &request, std::size_t on_connection) {
    gate.pass();
    return fine(request, on_connection);
  });
  HttpClient client(3);
  std::size_t given = 0;
  std::size_t answered = 0;
  std::size_t most = 0;
  const auto next = [&]() -> std::optional<HttpRequest> {
    most = std::max(most, given - answered);
    if (given == 48) return std::nullopt;
    ++given;
    return request_to(server.url());
  };
  client.send(
      next, [&](std::size_t, const HttpResponse &) { ++answered; }, [] {});
  EXPECT_EQ(answered, 48U);
  EXPECT_EQ(most, 2U);
}

TEST(HttpConnections, CarryWhatIsGivenOnlyAfterAnAnswer) {
  const KeepAliveServer server(fine);
  HttpClient client(4);
  std::vector<HttpRequest> waiting = {request_to(server.url("/0"))};
  std::vector<std::size_t> numbers;
  const auto next = [&]() -> std::optional<HttpRequest> {
    if (waiting.empty()) return std::nullopt;
    const HttpRequest request = waiting.back();
    waiting.pop_back();
    return request;
  };
  const auto done = [&](std::size_t number, const HttpResponse &response) {
    EXPECT_EQ(response.status, 200);
    numbers.push_back(number);
    if (number < 3) waiting.push_back(request_to(server.url("/" + std::to_string(number + 1))));
  };
  client.send(next, done, [] {});
  EXPECT_EQ(numbers, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_THAT(server.requests().at(3), StartsWith("POST /3 "));
}

TEST(HttpConnections, AreNotMadeForNothing) {
  HttpClient client(2);
  client.send([] { return std::nullopt; }, [](std::size_t, const HttpResponse &) { FAIL(); }, [] { FAIL(); });
}

TEST(HttpConnections, ThatTheServerClosedMeanwhileAreReplaced) {
  for (const End end : {End::close, End::reset}) {
    const KeepAliveServer server(
        [&](const std::string &, std::size_t) -> Script { return {.answer = answer("200 OK", "fine"), .end = end}; });
    HttpClient client(1);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(send_all(client, {request_to(server.url())}).at(0).error, "");
      EXPECT_TRUE(all_closed(server));
    }
    EXPECT_EQ(server.requests().size(), 3U);
  }
}

// The server closes just when a request arrives, so that the client cannot know before.
TEST(HttpConnections, ThatBreakBeforeTheAnswerAreReplaced) {
  for (const End end : {End::close, End::reset}) {
    const KeepAliveServer server(fine_once({.end = end}));
    HttpClient client(1);
    for (const HttpResponse &response : send_all(client, requests_to(server, 4))) EXPECT_EQ(response.error, "");
    EXPECT_EQ(server.connections(), 4U);
    // The first comes once, each other twice: on the connection that breaks, and on a new one.
    EXPECT_EQ(server.requests().size(), 7U);
    EXPECT_EQ(server.requests().at(1), server.requests().at(2));
  }
}

// Whether libcurl meets the break while it reads or while it sends is chance, so there are many.
TEST(HttpConnections, ThatBreakInALongRequestAreReplaced) {
  const KeepAliveServer server([](const std::string &, std::size_t) -> Script {
    return {.answer = answer("200 OK", "fine"), .end = End::reset_next};
  });
  HttpClient client(1);
  std::vector<HttpRequest> requests = requests_to(server, 60);
  for (HttpRequest &request : requests) request.body = std::string(1 << 20, 'x');
  for (const HttpResponse &response : send_all(client, requests)) EXPECT_EQ(response.error, "");
  EXPECT_EQ(server.connections(), 60U);
  for (const std::string &request : server.requests()) EXPECT_TRUE(request.ends_with(requests[0].body));
}

TEST(HttpConnections, ThatBreakWithinTheAnswerAreNotTriedAgain) {
  const Script half{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"};
  const KeepAliveServer server(fine_once(half));
  HttpClient client(1);
  const std::vector<HttpResponse> responses = send_all(client, requests_to(server, 2));
  EXPECT_EQ(responses[0].error, "");
  EXPECT_THAT(responses[1].error, HasSubstr("broke the connection off before the answer was whole"));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpConnections, PassNothingOnFromARequestToTheNext) {
  const KeepAliveServer server(fine);
  HttpClient client(1);
  HttpRequest first = request_to(server.url());
  first.headers = {"X-Key: secret"};
  first.gzip = true;
  first.max_response = 1;
  EXPECT_TRUE(send_all(client, {first}).at(0).truncated);
  const HttpResponse response = send_all(client, {request_to(server.url(), "GET")}).at(0);
  EXPECT_EQ(response.body, "fine");
  EXPECT_FALSE(response.truncated);
  const std::string second = server.requests().at(1);
  EXPECT_THAT(second, StartsWith("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(second, Not(HasSubstr("secret")));
  EXPECT_THAT(second, Not(HasSubstr("Content-")));
}

TEST(HttpConnections, PassTheCaFileOfARequestOnToNoOther) {
  const Script no_tls{.reads_request = false, .answer = "HTTP/1.1 400 Bad Request\r\n\r\n"};
  const ScriptedServer one(no_tls);
  const ScriptedServer other(no_tls);
  HttpRequest request = request_to("https" + one.url().substr(4));
  request.ca_file = "/nowhere/ca.pem";
  HttpClient client(1);
  EXPECT_THAT(send_all(client, {request}).at(0).error, StartsWith("the CA file \"/nowhere/ca.pem\" cannot be read"));
  EXPECT_THAT(send_all(client, {request_to("https" + other.url().substr(4))}).at(0).error,
              StartsWith("no TLS connection with 127.0.0.1:"));
}

TEST(HttpConnections, LeaveTheCallersSignalMaskAlone) {
  const KeepAliveServer server(fine);
  const OwnSignalMask mine;
  int left = 5;
  const auto next = [&]() -> std::optional<HttpRequest> {
    OwnSignalMask::expect();
    return left-- > 0 ? std::optional(request_to(server.url())) : std::nullopt;
  };
  HttpClient client(2);
  client.send(
      next, [&](std::size_t, const HttpResponse &) { OwnSignalMask::expect(); }, OwnSignalMask::expect);
}

}  // namespace
}  // namespace internal_events::core
