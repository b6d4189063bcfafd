// What libcurl gives out, owned; and its errors, thrown.
#pragma once

#include <curl/curl.h>

#include <csignal>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace internal_events::core {

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
inline void check(CURLcode code) {
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) throw LibcurlError(curl_easy_strerror(code));
}

// Throws where the multi handle was refused something.
inline void check(CURLMcode code) {
  if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLM_OK) throw LibcurlError(curl_multi_strerror(code));
}

}  // namespace internal_events::core
