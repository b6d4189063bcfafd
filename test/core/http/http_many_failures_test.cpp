#include <curl/curl.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/http/http_client.hpp"
#include "support/process_state.hpp"
#include "support/scripted_server.hpp"

namespace {

// What libcurl is made to say, for as long as it is not CURLM_OK.
CURLMcode perform_result = CURLM_OK;
CURLMcode poll_result = CURLM_OK;

// The function of libcurl itself, which the one of the same name here stands before.
template <typename Function>
Function *original(const char *name) {
  return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" CURLMcode curl_multi_perform(CURLM *multi, int *running) {
  if (perform_result != CURLM_OK) return perform_result;
  return original<decltype(curl_multi_perform)>("curl_multi_perform")(multi, running);
}

extern "C" CURLMcode curl_multi_poll(CURLM *multi, curl_waitfd *more, unsigned int count, int timeout, int *events) {
  if (poll_result != CURLM_OK) return poll_result;
  return original<decltype(curl_multi_poll)>("curl_multi_poll")(multi, more, count, timeout, events);
}

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;
using End = Script::End;

// A server that does what the path of a request says.
Script by_path(const std::string &request, std::size_t /*on_connection*/) {
  if (request.starts_with("POST /silence ")) return {.end = End::hold};
  if (request.starts_with("POST /reset ")) return {.end = End::reset};
  if (request.starts_with("POST /error ")) return {.answer = answer("503 Later", "sorry"), .end = End::await};
  return {.answer = answer("200 OK", "fine"), .end = End::await};
}

// Gives requests one after the other.
std::function<std::optional<HttpRequest>()> each_of(std::vector<HttpRequest> requests) {
  std::reverse(requests.begin(), requests.end());
  return [requests]() mutable -> std::optional<HttpRequest> {
    if (requests.empty()) return std::nullopt;
    HttpRequest request = requests.back();
    requests.pop_back();
    return request;
  };
}

TEST(HttpManyFailures, EndOneRequestAndNotTheOthers) {
  const KeepAliveServer server(by_path);
  HttpRequest unsent = request_to(server.url());
  unsent.method = "DELETE";
  HttpRequest long_answer = request_to(server.url());
  long_answer.max_response = 2;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(unused_port());
  HttpClient client(2);
  const std::vector<HttpResponse> responses =
      send_all(client, {request_to(server.url()), request_to(server.url("/reset")), unsent, request_to(nobody),
                        request_to(server.url("/error")), long_answer, request_to("ftp://a/"),
                        request_to("http://nowhere.invalid/"), request_to(server.url())});
  EXPECT_EQ(responses[0].body, "fine");
  EXPECT_NE(responses[1].error, "");
  EXPECT_THAT(responses[2].error, HasSubstr("is neither GET nor POST"));
  EXPECT_THAT(responses[3].error, HasSubstr("does not take connections (Connection refused)"));
  EXPECT_EQ(responses[4].status, 503);
  EXPECT_EQ(responses[4].error, "");
  EXPECT_EQ(responses[5].body, "fi");
  EXPECT_TRUE(responses[5].truncated);
  EXPECT_THAT(responses[6].error, HasSubstr("is not http or https"));
  EXPECT_THAT(responses[7].error, StartsWith("the host nowhere.invalid is unknown"));
  EXPECT_EQ(responses[8].body, "fine");
}

TEST(HttpManyFailures, OfTimeAreEachRequestsOwn) {
  const KeepAliveServer server(by_path);
  std::vector<HttpRequest> requests;
  for (const int limit : {200, 400, 5'000}) {
    requests.push_back(request_to(server.url(limit == 5'000 ? "/" : "/silence")));
    requests.back().timeout = milliseconds(limit);
  }
  HttpClient client(3);
  // The second time, on connections that have been used before.
  for (int round = 0; round < 2; ++round) {
    std::vector<HttpRequest> warm_up(3, request_to(server.url()));
    if (round == 1) send_all(client, warm_up);
    const auto begin = steady_clock::now();
    const std::vector<HttpResponse> responses = send_all(client, requests);
    EXPECT_LT(steady_clock::now() - begin, milliseconds(1'500));
    EXPECT_THAT(responses[0].error, HasSubstr(" did not answer within 200 ms"));
    EXPECT_THAT(responses[1].error, HasSubstr(" did not answer within 400 ms"));
    EXPECT_EQ(responses[2].body, "fine");
    EXPECT_GE(responses[0].elapsed, milliseconds(150));
    EXPECT_LT(responses[0].elapsed, milliseconds(390));
    EXPECT_GE(responses[1].elapsed, milliseconds(350));
    EXPECT_LT(responses[2].elapsed, milliseconds(190));
  }
}

TEST(HttpManyFailures, LetTheCallerInBetweenWaits) {
  const KeepAliveServer server(by_path);
  HttpRequest silence = request_to(server.url("/silence"));
  silence.timeout = milliseconds(600);
  auto last = steady_clock::now();
  milliseconds longest{0};
  const auto between_waits = [&] {
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - last));
    last = steady_clock::now();
  };
  HttpClient client(3);
  client.send(
      each_of({silence, silence, silence}),
      [](std::size_t, const HttpResponse &response) { EXPECT_THAT(response.error, HasSubstr("did not answer")); },
      between_waits);
  EXPECT_LE(longest, milliseconds(250));
}

TEST(HttpManyFailures, LetTheCallerEndWhatIsNeverSent) {
  HttpClient client(2);
  int calls = 0;
  const auto cancel = [&] {
    if (++calls == 10) throw std::runtime_error("cancelled");
  };
  EXPECT_THROW(client.send([] { return request_to("ftp://a/"); }, [](std::size_t, const HttpResponse &) {}, cancel),
               std::runtime_error);
}

// What a callback of the caller does: it throws at its third call.
struct Thrower {
  std::string from;
  int calls = 0;

  void called(const std::string &callback) {
    if (callback == from && ++calls == 3) throw std::runtime_error(from);
  }
};

TEST(HttpManyFailures, OfTheCallerEndAllRequests) {
  send(request_to("http://127.0.0.1:" + std::to_string(unused_port())));
  const KeepAliveServer server(by_path);
  const int before = open_files();
  {
    HttpClient client(4);
    for (const std::string from : {"next", "done", "between_waits"}) {
      Thrower thrower{.from = from};
      const auto given = each_of({request_to(server.url("/silence")), request_to(server.url()),
                                  request_to(server.url()), request_to(server.url()), request_to(server.url())});
      const auto next = [&] {
        thrower.called("next");
        return given();
      };
      const auto done = [&](std::size_t, const HttpResponse &) { thrower.called("done"); };
      EXPECT_THROW(client.send(next, done, [&] { thrower.called("between_waits"); }), std::runtime_error) << from;
      // What was on its way is not answered now.
      const std::vector<HttpResponse> after = send_all(client, std::vector(6, request_to(server.url())));
      for (const HttpResponse &response : after) EXPECT_EQ(response.body, "fine") << from;
    }
  }
  for (int i = 0; i < 500 && open_files() > before; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(server.open(), 0U);
}

TEST(HttpManyFailures, OfLibcurlAnswerAllRequestsThatAreOnTheirWay) {
  const KeepAliveServer server(by_path);
  HttpClient client(2);
  for (CURLMcode *result : {&perform_result, &poll_result}) {
    EXPECT_EQ(send_all(client, {request_to(server.url())}).at(0).body, "fine");
    *result = CURLM_INTERNAL_ERROR;
    const std::vector<HttpResponse> responses = send_all(client, std::vector(5, request_to(server.url("/silence"))));
    *result = CURLM_OK;
    for (const HttpResponse &response : responses) {
      EXPECT_EQ(response.status, 0);
      EXPECT_EQ(response.error, "libcurl failed: Internal error; check its installation");
    }
    for (int i = 0; i < 500 && server.open() > 0; ++i) std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(server.open(), 0U);
    EXPECT_EQ(send_all(client, {request_to(server.url())}).at(0).body, "fine");
  }
}

TEST(HttpManyFailures, OfMemoryReachTheCaller) {
  const KeepAliveServer server(by_path);
  HttpClient client(2);
  for (CURLMcode *result : {&perform_result, &poll_result}) {
    *result = CURLM_OUT_OF_MEMORY;
    EXPECT_THROW(send_all(client, {request_to(server.url("/silence"))}), std::bad_alloc);
    *result = CURLM_OK;
    EXPECT_EQ(send_all(client, {request_to(server.url())}).at(0).body, "fine");
  }
}

}  // namespace
}  // namespace internal_events::core
