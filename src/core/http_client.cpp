#include "core/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

#include "core/http_failure.hpp"
#include "core/text.hpp"

static_assert(LIBCURL_VERSION_NUM >= 0x075700, "libcurl 7.87 or later is needed");

namespace internal_events::core {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int longest_wait_ms = 100;

// Keeps signals from the threads that libcurl starts to look up names: they inherit the mask, and a signal handler of
// the database server must never run in one of them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked &) = delete;
  SignalsBlocked &operator=(const SignalsBlocked &) = delete;

 private:
  sigset_t before_{};
};

struct EasyDeleter {
  void operator()(CURL *easy) const {
    const SignalsBlocked blocked;
    curl_easy_cleanup(easy);
  }
};

struct MultiDeleter {
  void operator()(CURLM *multi) const {
    const SignalsBlocked blocked;
    curl_multi_cleanup(multi);
  }
};

struct ListDeleter {
  void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

// libcurl did not do what does not depend on any server.
class LibcurlError : public std::runtime_error {
 public:
  explicit LibcurlError(const std::string &reason)
      : std::runtime_error("libcurl failed: " + reason + "; check its installation") {}
};

// Throws where an easy handle was refused something.
void check(CURLcode code) {
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) throw LibcurlError(curl_easy_strerror(code));
}

// Throws where the multi handle was refused something.
void check(CURLMcode code) {
  if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLM_OK) throw LibcurlError(curl_multi_strerror(code));
}

// Starts libcurl, once in the life of the process.
void start_libcurl() {
  const SignalsBlocked blocked;
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  check(started);
}

// Where libcurl's callback puts the body.
struct Sink {
  std::string body;
  std::size_t limit = 0;
  bool truncated = false;
  bool out_of_memory = false;
};

// Takes a piece of the body; a count that is too short ends the transfer.
std::size_t take_body(char *data, std::size_t /*always 1*/, std::size_t length, void *target) noexcept {
  auto *sink = static_cast<Sink *>(target);
  try {
    const std::size_t taken = std::min(length, sink->limit - sink->body.size());
    sink->body.append(data, taken);
    sink->truncated = taken < length;
    return taken;
  } catch (...) {
    sink->out_of_memory = true;
    return 0;
  }
}

// One request on its way, and the answer as far as it has come.
class Transfer {
 public:
  explicit Transfer(const HttpRequest &request)
      : request_(request), multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (!multi_ || !easy_) throw std::bad_alloc();
    sink_.limit = request.max_response;
    set_method();
    set_headers();
    set_limits();
    set_trust();
    const SignalsBlocked blocked;
    check(curl_multi_add_handle(multi_.get(), easy_.get()));
  }

  ~Transfer() {
    const SignalsBlocked blocked;
    curl_multi_remove_handle(multi_.get(), easy_.get());
  }

  Transfer(const Transfer &) = delete;
  Transfer &operator=(const Transfer &) = delete;

  // Lets libcurl work until there is an answer, or none can come.
  void run(const std::function<void()> &between_waits) {
    while (is_running()) {
      check(curl_multi_poll(multi_.get(), nullptr, 0, longest_wait_ms, nullptr));
      if (between_waits) between_waits();
    }
  }

  // What has come; for when the transfer has ended.
  HttpResponse response() {
    HttpResponse response;
    long status = 0;
    check(curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status));
    response.status = static_cast<int>(status);
    const char *location = nullptr;
    check(curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &location));
    if (location != nullptr) response.location = without_credentials(location);
    response.truncated = sink_.truncated;
    response.error = error();
    response.body = std::move(sink_.body);
    return response;
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(easy_.get(), option, value));
  }

  // What is asked, and where.
  void set_method() {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_URL, request_.url.c_str());
    // libcurl takes a proxy out of the environment unless one is set, even if it is none.
    set(CURLOPT_PROXY, request_.proxy.c_str());
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (request_.method != "POST") {
      set(CURLOPT_HTTPGET, 1L);
      return;
    }
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());
  }

  void set_headers() {
    // An empty "Expect" keeps libcurl from asking whether it may send a long body.
    add_header("Expect:");
    for (const std::string &header : request_.headers) add_header(header);
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_USERAGENT, request_.user_agent.c_str());
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  }

  void add_header(const std::string &header) {
    curl_slist *longer = curl_slist_append(headers_.get(), header.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    // The list is the same one, with the same first member.
    if (!headers_) headers_.reset(longer);
  }

  // How long it may take, how much may come, and what libcurl may do in this process.
  void set_limits() {
    // For libcurl, 0 is no limit at all.
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request_.connect_timeout.count(), 1)));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request_.timeout.count(), 1)));
    set(CURLOPT_NOSIGNAL, 1L);
    // Otherwise the end of a request would wait for a lookup of the host's name, past every limit.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, &sink_);
  }

  // Whom to trust.
  void set_trust() {
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (request_.ca_file.empty()) return;
    set(CURLOPT_CAINFO, request_.ca_file.c_str());
    set(CURLOPT_PROXY_CAINFO, request_.ca_file.c_str());
    // The system's folder of authorities would be trusted beside the file.
    set<const char *>(CURLOPT_CAPATH, nullptr);
    set<const char *>(CURLOPT_PROXY_CAPATH, nullptr);
  }

  // Lets libcurl do what can be done without waiting.
  bool is_running() {
    int running = 0;
    const SignalsBlocked blocked;
    check(curl_multi_perform(multi_.get(), &running));
    return running > 0;
  }

  // Why the answer is not whole, if so.
  std::string error() const {
    if (sink_.out_of_memory) throw std::bad_alloc();
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(multi_.get(), &left);
    if (message == nullptr || message->msg != CURLMSG_DONE) throw LibcurlError("it ended without a result");
    const CURLcode code = message->data.result;
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    // The short count that ends a long answer is an error for libcurl only.
    if (code == CURLE_OK || sink_.truncated) return "";
    return failure_text(easy_.get(), code, request_, detail_.data());
  }

  const HttpRequest &request_;
  Multi multi_;
  // Outlive the handle, which has their addresses.
  Sink sink_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  List headers_;
  Easy easy_;
};

// What is wrong with a request before anything is sent.
std::optional<std::string> request_fault(const HttpRequest &request) {
  if (auto fault = url_fault(request.url)) return fault;
  if (auto fault = proxy_fault(request.proxy)) return fault;
  if (request.method != "GET" && request.method != "POST") {
    return "the method " + in_quotes(request.method) + " is neither GET nor POST; use one of them";
  }
  const auto ends_early = [](const std::string &line) {
    return line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  };
  // What follows would be a header of its own.
  if (ends_early(request.user_agent) || std::any_of(request.headers.begin(), request.headers.end(), ends_early)) {
    return "a header has a line break or a zero byte in it; take it out";
  }
  return std::nullopt;
}

}  // namespace

HttpResponse http_request(const HttpRequest &request, const std::function<void()> &between_waits) {
  const Clock::time_point begin = Clock::now();
  HttpResponse response;
  if (auto fault = request_fault(request)) {
    response.error = *std::move(fault);
    return response;
  }
  try {
    start_libcurl();
    Transfer transfer(request);
    transfer.run(between_waits);
    response = transfer.response();
  } catch (const LibcurlError &error) {
    response.error = error.what();
  }
  response.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  return response;
}

}  // namespace internal_events::core
