#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "core/http/http_client.hpp"
#include "core/http/http_handles.hpp"

namespace internal_events::core {

// What is wrong with a request before anything is sent.
std::optional<std::string> request_fault(const HttpRequest &request);

// One request on its way, and the answer as far as it has come. The end of its life ends the request.
class Transfer {
 public:
  // Gives a request to libcurl.
  Transfer(CURLM *multi, Easy easy, HttpRequest request);
  ~Transfer();
  Transfer(const Transfer &) = delete;
  Transfer &operator=(const Transfer &) = delete;

  CURL *handle() const { return easy_.get(); }

  // Sends the request once more if it broke, with this result, because its connection had been kept too long; whether
  // it does.
  bool try_again(CURLcode result);

  // What has come; for when libcurl is done with it, and with what result.
  HttpResponse response(CURLcode result);

  // Ends the request, and gives the handle back as good as new.
  Easy release();

 private:
  // Where libcurl's callback puts the body.
  struct Sink {
    std::string body;
    std::size_t limit = 0;
    bool truncated = false;
    bool out_of_memory = false;
  };

  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(easy_.get(), option, value));
  }

  static std::size_t take_body(char *data, std::size_t always_1, std::size_t length, void *target) noexcept;
  void set_method();
  void set_headers();
  void add_header(const std::string &header);
  void set_limit(CURLoption option, std::chrono::milliseconds limit);
  void set_limits();
  void set_trust();
  std::string error(CURLcode result) const;

  HttpRequest request_;
  CURLM *multi_;
  // Outlive the handle, which has their addresses.
  Sink sink_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  List headers_;
  Easy easy_;
};

}  // namespace internal_events::core
