#include "core/http/http_transfer.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/http/gzip.hpp"
#include "core/http/http_failure.hpp"
#include "core/text.hpp"

namespace internal_events::core {

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

Transfer::Transfer(CURLM *multi, Easy easy, HttpRequest request)
    : request_(std::move(request)), multi_(multi), easy_(std::move(easy)) {
  sink_.limit = request_.max_response;
  set_method();
  set_headers();
  set_limits();
  set_trust();
  const SignalsBlocked blocked;
  check(curl_multi_add_handle(multi_, easy_.get()));
}

Transfer::~Transfer() {
  if (!easy_) return;
  const SignalsBlocked blocked;
  curl_multi_remove_handle(multi_, easy_.get());
}

bool Transfer::try_again(CURLcode result) {
  // libcurl does so by itself, but not where the connection breaks in a body that is longer than its buffer.
  if (result != CURLE_SEND_ERROR) return false;
  long new_connections = 0;
  check(curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &new_connections));
  long answered = 0;
  check(curl_easy_getinfo(easy_.get(), CURLINFO_HEADER_SIZE, &answered));
  if (new_connections != 0 || answered != 0) return false;
  curl_off_t microseconds = 0;
  check(curl_easy_getinfo(easy_.get(), CURLINFO_TOTAL_TIME_T, &microseconds));
  const SignalsBlocked blocked;
  check(curl_multi_remove_handle(multi_, easy_.get()));
  set(CURLOPT_FRESH_CONNECT, 1L);
  set_limit(CURLOPT_TIMEOUT_MS, request_.timeout - std::chrono::milliseconds(microseconds / 1'000));
  check(curl_multi_add_handle(multi_, easy_.get()));
  return true;
}

HttpResponse Transfer::response(CURLcode result) {
  HttpResponse response;
  long status = 0;
  check(curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status));
  response.status = static_cast<int>(status);
  const char *location = nullptr;
  check(curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &location));
  if (location != nullptr) response.location = without_credentials(location);
  response.truncated = sink_.truncated;
  response.error = error(result);
  response.body = std::move(sink_.body);
  return response;
}

Easy Transfer::release() {
  const SignalsBlocked blocked;
  check(curl_multi_remove_handle(multi_, easy_.get()));
  // The next request sets only what it needs, and the addresses of this one's buffers end with it.
  curl_easy_reset(easy_.get());
  return std::move(easy_);
}

// Takes a piece of the body; a count that is too short ends the transfer.
std::size_t Transfer::take_body(char *data, std::size_t /*always_1*/, std::size_t length, void *target) noexcept {
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

// What is asked, and where.
void Transfer::set_method() {
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
  if (request_.gzip) {
    request_.body = gzip(request_.body);
    add_header("Content-Encoding: gzip");
  }
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  set(CURLOPT_POSTFIELDS, request_.body.data());
}

void Transfer::set_headers() {
  // An empty "Expect" keeps libcurl from asking whether it may send a long body.
  add_header("Expect:");
  for (const std::string &header : request_.headers) add_header(header);
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, request_.user_agent.c_str());
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
}

void Transfer::add_header(const std::string &header) {
  curl_slist *longer = curl_slist_append(headers_.get(), header.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  // The list is the same one, with the same first member.
  if (!headers_) headers_.reset(longer);
}

void Transfer::set_limit(CURLoption option, std::chrono::milliseconds limit) {
  // For libcurl, 0 is no limit at all.
  set(option, static_cast<long>(std::max<std::int64_t>(limit.count(), 1)));
}

// How long it may take, how much may come, and what libcurl may do in this process.
void Transfer::set_limits() {
  set_limit(CURLOPT_CONNECTTIMEOUT_MS, request_.connect_timeout);
  set_limit(CURLOPT_TIMEOUT_MS, request_.timeout);
  set(CURLOPT_NOSIGNAL, 1L);
  // Otherwise the end of a request would wait for a lookup of the host's name, past every limit.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  set(CURLOPT_WRITEDATA, &sink_);
}

// Whom to trust.
void Transfer::set_trust() {
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Otherwise libcurl would trust what the authorities' file said up to a day ago.
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);
  if (request_.ca_file.empty()) return;
  set(CURLOPT_CAINFO, request_.ca_file.c_str());
  set(CURLOPT_PROXY_CAINFO, request_.ca_file.c_str());
  // The system's folder of authorities would be trusted beside the file.
  set<const char *>(CURLOPT_CAPATH, nullptr);
  set<const char *>(CURLOPT_PROXY_CAPATH, nullptr);
}

// Why the answer is not whole, if so.
std::string Transfer::error(CURLcode result) const {
  if (sink_.out_of_memory) throw std::bad_alloc();
  // The short count that ends a long answer is an error for libcurl only.
  if (result == CURLE_OK || sink_.truncated) return "";
  return failure_text(easy_.get(), result, request_, detail_.data());
}

}  // namespace internal_events::core
