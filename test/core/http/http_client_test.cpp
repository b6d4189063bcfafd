#include "core/http/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/process_state.hpp"
#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using End = Script::End;

TEST(Http, PostsWhatItIsGivenAndNothingElse) {
  ScriptedServer server({.answer = answer("200 OK", "fine")});
  HttpRequest request = request_to(server.url("/usage?x=1"));
  request.body = std::string("{\"a\": \"\0\"}", 10);
  request.headers = {"Content-Type: application/json", "X-Key: secret"};
  const HttpResponse response = send(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "fine");
  EXPECT_EQ(response.error, "");
  EXPECT_EQ(response.location, "");
  EXPECT_FALSE(response.truncated);
  EXPECT_EQ(server.received(), "POST /usage?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                                   "\r\nUser-Agent: internal_events/test\r\nAccept: */*\r\n"
                                   "Content-Type: application/json\r\nX-Key: secret\r\nContent-Length: 10\r\n\r\n" +
                                   request.body);
}

TEST(Http, SendsALongBodyWithoutAskingFirst) {
  ScriptedServer server({.answer = answer("200 OK", "")});
  HttpRequest request = request_to(server.url());
  request.body = std::string(3 << 20, 'x');
  EXPECT_EQ(send(request).status, 200);
  const std::string received = server.received();
  EXPECT_THAT(received.substr(0, 1000), Not(HasSubstr("Expect")));
  EXPECT_TRUE(received.ends_with("\r\n\r\n" + request.body));
}

TEST(Http, Gets) {
  ScriptedServer server({.answer = answer("200 OK", "fine")});
  EXPECT_EQ(send(request_to(server.url(), "GET")).body, "fine");
  EXPECT_EQ(server.received(), "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                                   "\r\nUser-Agent: internal_events/test\r\nAccept: */*\r\n\r\n");
}

TEST(Http, ReturnsAnyStatusAsAnAnswer) {
  const HttpResponse created = answer_to_script({.answer = answer("201 Created", R"({"id": 7})")});
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.body, R"({"id": 7})");
  const HttpResponse failed = answer_to_script({.answer = answer("500 Internal Server Error", "sorry")});
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.body, "sorry");
  EXPECT_EQ(failed.error, "");
}

TEST(Http, FollowsNoRedirect) {
  const ScriptedServer other({.answer = answer("200 OK", "")});
  const std::string target = "http://me:secret@127.0.0.1:" + std::to_string(other.port()) + "/there";
  const HttpResponse response =
      answer_to_script({.answer = answer("301 Moved", "gone", "Location: " + target + "\r\n")});
  EXPECT_EQ(response.status, 301);
  EXPECT_EQ(response.body, "gone");
  EXPECT_EQ(response.location, "http://***@127.0.0.1:" + std::to_string(other.port()) + "/there");
  EXPECT_EQ(response.error, "");
  EXPECT_FALSE(other.was_contacted());
}

TEST(Http, KeepsOnlyTheBeginningOfALongBody) {
  const ScriptedServer server({.answer = answer("200 OK", std::string(10 << 20, 'x'))});
  HttpRequest request = request_to(server.url());
  request.max_response = 100'000;
  const HttpResponse response = send(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, std::string(100'000, 'x'));
  EXPECT_TRUE(response.truncated);
  EXPECT_EQ(response.error, "");
}

TEST(Http, TakesABodyOfExactlyTheLimitAsWhole) {
  const ScriptedServer server({.answer = answer("200 OK", "12345")});
  HttpRequest request = request_to(server.url());
  request.max_response = 5;
  const HttpResponse response = send(request);
  EXPECT_EQ(response.body, "12345");
  EXPECT_FALSE(response.truncated);
}

TEST(Http, LetsTheCallerInBetweenWaits) {
  const ScriptedServer server({.end = End::hold});
  HttpRequest request = request_to(server.url());
  request.timeout = milliseconds(500);
  auto last = steady_clock::now();
  milliseconds longest{0};
  int calls = 0;
  const auto between_waits = [&] {
    ++calls;
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - last));
    last = steady_clock::now();
  };
  EXPECT_THAT(http_request(request, between_waits).error, HasSubstr("did not answer"));
  EXPECT_GE(calls, 4);
  EXPECT_LE(longest, milliseconds(250));
}

TEST(Http, EndsWithTheCallersException) {
  // The first request of a process opens what stays open.
  send(request_to("http://127.0.0.1:" + std::to_string(unused_port())));
  const int before = open_files();
  {
    const ScriptedServer server({.end = End::hold});
    int calls = 0;
    const auto cancel = [&] {
      if (++calls == 2) throw std::runtime_error("cancelled");
    };
    EXPECT_THROW(http_request(request_to(server.url()), cancel), std::runtime_error);
  }
  EXPECT_EQ(open_files(), before);
}

TEST(Http, LeavesTheCallersSignalMaskAlone) {
  const ScriptedServer server({.answer = answer("200 OK", "")});
  const OwnSignalMask mine;
  EXPECT_EQ(http_request(request_to(server.url()), OwnSignalMask::expect).status, 200);
  OwnSignalMask::expect();
}

TEST(Http, IgnoresTheProxyOfTheEnvironment) {
  const ScriptedServer proxy({.answer = answer("502 Bad Gateway", "")});
  for (const char *name : {"http_proxy", "all_proxy", "ALL_PROXY"}) setenv(name, proxy.url().c_str(), 1);
  EXPECT_EQ(answer_to_script({.answer = answer("200 OK", "")}).status, 200);
  for (const char *name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
  EXPECT_FALSE(proxy.was_contacted());
}

TEST(Http, TakesTheProxyThatItIsGiven) {
  ScriptedServer proxy({.answer = answer("200 OK", "from the proxy")});
  HttpRequest request = request_to("http://nowhere.invalid/x");
  request.proxy = proxy.url();
  setenv("no_proxy", "*", 1);
  EXPECT_EQ(send(request).body, "from the proxy");
  unsetenv("no_proxy");
  EXPECT_THAT(proxy.received(), StartsWith("POST http://nowhere.invalid/x HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace internal_events::core
