#include <curl/curl.h>

#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "core/http/http_client.hpp"
#include "core/http/http_failure.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

struct UrlDeleter {
  void operator()(CURLU *url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

struct TextDeleter {
  void operator()(char *text) const { curl_free(text); }
};

// Reads an address; null, and what libcurl says, where it is none.
Url parsed(const std::string &text, CURLUcode &code) {
  Url url(curl_url());
  if (!url) throw std::bad_alloc();
  code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  return code == CURLUE_OK ? std::move(url) : nullptr;
}

// A part of an address; empty where it has none.
std::string part_of(const Url &url, CURLUPart part) {
  char *text = nullptr;
  if (curl_url_get(url.get(), part, &text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  const std::unique_ptr<char, TextDeleter> owner(text);
  return text == nullptr ? "" : text;
}

// Hides all that could be credentials in a text that is no address.
std::string without_what_precedes_at(const std::string &text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos) return text;
  const std::size_t scheme = text.find("://");
  const std::size_t begin = scheme == std::string::npos || scheme > at ? 0 : scheme + 3;
  return text.substr(0, begin) + "***" + text.substr(at);
}

// What an address must be, and how a message says so.
struct Expected {
  std::string name;
  std::string schemes_in_words;
  std::vector<std::string> schemes;
  std::string advice;
};

// What is wrong with an address, if anything.
std::optional<std::string> fault_of(const std::string &url, const Expected &expected) {
  if (url.empty()) return "the " + expected.name + " is empty" + expected.advice;
  const std::string shown = "the " + expected.name + " " + in_quotes(without_credentials(url));
  // libcurl would read only what stands before it.
  if (url.find('\0') != std::string::npos) return shown + " has a zero byte in it" + expected.advice;
  CURLUcode code = CURLUE_OK;
  const Url read = parsed(url, code);
  if (!read) return shown + " cannot be read: " + curl_url_strerror(code) + expected.advice;
  const std::string scheme = part_of(read, CURLUPART_SCHEME);
  if (!contains(expected.schemes, scheme)) return shown + " is not " + expected.schemes_in_words + expected.advice;
  // libcurl takes another number of slashes too, and then the first folder of the path for the host.
  const std::string_view rest = std::string_view(url).substr(scheme.size());
  if (!rest.starts_with("://") || rest.starts_with(":///")) return shown + " names no host" + expected.advice;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> url_fault(const std::string &url) {
  return fault_of(url, {"address", "http or https", {"http", "https"}, "; write it as https://host/path"});
}

std::optional<std::string> proxy_fault(const std::string &proxy) {
  if (proxy.empty()) return std::nullopt;
  return fault_of(proxy, {"proxy",
                          "http, https, socks5 or socks5h",
                          {"http", "https", "socks5", "socks5h"},
                          "; write it as http://host:port"});
}

std::string without_credentials(const std::string &url) {
  CURLUcode code = CURLUE_OK;
  const Url read = parsed(url, code);
  if (!read) return without_what_precedes_at(url);
  const bool has_any = !part_of(read, CURLUPART_USER).empty() || !part_of(read, CURLUPART_PASSWORD).empty();
  if (!has_any) return url;
  curl_url_set(read.get(), CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(read.get(), CURLUPART_OPTIONS, nullptr, 0);
  if (curl_url_set(read.get(), CURLUPART_USER, "***", 0) != CURLUE_OK) throw std::bad_alloc();
  return part_of(read, CURLUPART_URL);
}

std::string host_of(const std::string &url) {
  CURLUcode code = CURLUE_OK;
  const Url read = parsed(url, code);
  if (!read) return without_what_precedes_at(url);
  const std::string port = part_of(read, CURLUPART_PORT);
  return part_of(read, CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

}  // namespace internal_events::core
