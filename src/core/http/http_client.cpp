#include "core/http/http_client.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/http/http_handles.hpp"
#include "core/http/http_transfer.hpp"

static_assert(LIBCURL_VERSION_NUM >= 0x075700, "libcurl 7.87 or later is needed");

namespace internal_events::core {
namespace {

using Clock = std::chrono::steady_clock;
using Answer = std::function<void(std::size_t number, HttpResponse response)>;

constexpr int longest_wait_ms = 100;

// Starts libcurl, once in the life of the process.
void start_libcurl() {
  const SignalsBlocked blocked;
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  check(started);
}

// Makes what keeps the connections of a client.
Multi new_multi(std::size_t connections) {
  start_libcurl();
  Multi made(curl_multi_init());
  if (!made) throw std::bad_alloc();
  const auto limit = static_cast<long>(connections);
  check(curl_multi_setopt(made.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, limit));
  check(curl_multi_setopt(made.get(), CURLMOPT_MAX_HOST_CONNECTIONS, limit));
  check(curl_multi_setopt(made.get(), CURLMOPT_MAXCONNECTS, limit));
  check(curl_multi_setopt(made.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING)));
  return made;
}

// An answer that is only an error.
HttpResponse failed(std::string error) {
  HttpResponse response;
  response.error = std::move(error);
  return response;
}

}  // namespace

// libcurl's connections and handles, and the requests that are on their way.
class HttpClient::Connections {
 public:
  explicit Connections(std::size_t limit)
      : limit_(std::clamp<std::size_t>(limit, 1, std::numeric_limits<int>::max())) {}

  bool is_idle() const { return running_.empty(); }
  bool has_room() const { return running_.size() < limit_; }

  // Sends a request, or answers it if that cannot be done.
  void start(std::size_t number, HttpRequest request, const Answer &answer) {
    Running starting{number, Clock::now(), nullptr};
    std::optional<std::string> fault = request_fault(request);
    if (!fault) {
      try {
        if (!multi_) multi_ = new_multi(limit_);
        starting.transfer = std::make_unique<Transfer>(multi_.get(), take_handle(), std::move(request));
        running_.push_back(std::move(starting));
        return;
      } catch (const LibcurlError &error) {
        fault = error.what();
      }
    }
    starting.answer(answer, failed(*std::move(fault)));
  }

  // Lets libcurl do what can be done without waiting, and hands the answers on.
  void work(const Answer &answer) {
    if (is_idle()) return;
    int count = 0;
    try {
      const SignalsBlocked blocked;
      check(curl_multi_perform(multi_.get(), &count));
    } catch (const LibcurlError &error) {
      return fail_all(error, answer);
    }
    bool any = false;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any = true;
      finish(message->easy_handle, message->data.result, answer);
    }
    if (count == 0 && !any) fail_all(LibcurlError("a request ended without a result"), answer);
  }

  // Waits until libcurl has something to do, but not long.
  void wait(const Answer &answer) {
    try {
      check(curl_multi_poll(multi_.get(), nullptr, 0, longest_wait_ms, nullptr));
    } catch (const LibcurlError &error) {
      fail_all(error, answer);
    }
  }

  // Ends all requests without an answer.
  void end_all() noexcept { running_.clear(); }

 private:
  // A request that has been given to libcurl.
  struct Running {
    std::size_t number;
    Clock::time_point begin;
    std::unique_ptr<Transfer> transfer;

    // Hands its answer on, with the time that it took.
    void answer(const Answer &answer, HttpResponse response) const {
      response.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
      answer(number, std::move(response));
    }
  };

  // A handle for a request, one that was used before if there is any.
  Easy take_handle() {
    Easy handle;
    if (handles_.empty()) {
      handle.reset(curl_easy_init());
      if (!handle) throw std::bad_alloc();
    } else {
      handle = std::move(handles_.back());
      handles_.pop_back();
    }
    return handle;
  }

  // Hands on the answer to a request that libcurl is done with, unless it is tried again.
  void finish(const CURL *handle, CURLcode result, const Answer &answer) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const Running &running) { return running.transfer->handle() == handle; });
    Running ended = std::move(*found);
    running_.erase(found);
    HttpResponse response;
    try {
      if (ended.transfer->try_again(result)) {
        running_.push_back(std::move(ended));
        return;
      }
      response = ended.transfer->response(result);
      handles_.push_back(ended.transfer->release());
    } catch (const LibcurlError &error) {
      response.error = error.what();
    }
    ended.answer(answer, std::move(response));
  }

  // Gives all connections up, and hands on why there are no answers.
  void fail_all(const LibcurlError &error, const Answer &answer) {
    std::vector<Running> ended = std::exchange(running_, {});
    for (Running &running : ended) running.transfer.reset();
    multi_.reset();
    for (const Running &running : ended) running.answer(answer, failed(error.what()));
  }

  std::size_t limit_;
  // libcurl wants the handles to end before the connections.
  Multi multi_;
  std::vector<Easy> handles_;
  std::vector<Running> running_;
};

HttpClient::HttpClient(std::size_t connections) : connections_(std::make_unique<Connections>(connections)) {}

HttpClient::~HttpClient() = default;

void HttpClient::send(const std::function<std::optional<HttpRequest>()> &next,
                      const std::function<void(std::size_t number, HttpResponse response)> &done,
                      const std::function<void()> &between_waits) {
  const auto end_all = [](Connections *connections) { connections->end_all(); };
  const std::unique_ptr<Connections, decltype(end_all)> connections(connections_.get(), end_all);
  std::size_t count = 0;
  bool may_give = true;
  const Answer answer = [&](std::size_t number, HttpResponse response) {
    done(number, std::move(response));
    may_give = true;
  };
  while (true) {
    if (may_give && connections->has_room()) {
      std::optional<HttpRequest> request = next();
      may_give = request.has_value();
      // Not after the last answer: its exception would come too late to end anything.
      if (request && between_waits) between_waits();
      if (request) connections->start(count++, *std::move(request), answer);
    }
    // Also between two requests that `next` gives: the first is on its way while the second is prepared.
    connections->work(answer);
    if (may_give && connections->has_room()) continue;
    if (connections->is_idle()) return;
    connections->wait(answer);
    if (between_waits) between_waits();
  }
}

HttpResponse http_request(const HttpRequest &request, const std::function<void()> &between_waits) {
  HttpResponse answer;
  std::optional<HttpRequest> next = request;
  HttpClient(1).send([&] { return std::exchange(next, std::nullopt); },
                     [&](std::size_t /*number*/, HttpResponse response) { answer = std::move(response); },
                     between_waits);
  return answer;
}

}  // namespace internal_events::core
