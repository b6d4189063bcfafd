#include "core/http/http_failure.hpp"

#include <algorithm>
#include <openssl/x509_vfy.h>
#include <system_error>

#include "core/text.hpp"

namespace internal_events::core {
namespace {

// One number that libcurl keeps of a transfer.
long number_of(CURL *easy, CURLINFO what) {
  long number = 0;
  curl_easy_getinfo(easy, what, &number);
  return number;
}

// Whether the connection was made, with all that TLS and a proxy ask for, so that the server had the request to answer.
bool was_connected(CURL *easy) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds);
  return microseconds > 0;
}

std::string milliseconds(std::chrono::milliseconds limit) {
  return std::to_string(limit.count()) + " ms";
}

// Which part of a transfer took too long.
std::string timeout_text(CURL *easy, const HttpRequest &request, const std::string &host) {
  if (!was_connected(easy)) {
    return "no connection with " + host + " came about within " +
           milliseconds(std::min(request.connect_timeout, request.timeout)) +
           "; check that a firewall lets it through, or allow more time";
  }
  const bool began = number_of(easy, CURLINFO_RESPONSE_CODE) != 0;
  return host + (began ? " did not finish its answer within " : " did not answer within ") +
         milliseconds(request.timeout) + "; allow more time, or see what keeps the server";
}

// Why the server's certificate was not trusted.
std::string certificate_text(CURL *easy, const HttpRequest &request, const std::string &host,
                             const std::string &detail) {
  const std::string certificate = "the certificate of " + host;
  switch (number_of(easy, CURLINFO_SSL_VERIFYRESULT)) {
    // libcurl checks the name itself, and then OpenSSL has no word for what is wrong.
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return certificate + " is for another name; check the address, or have the certificate made for this name";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return certificate + " has expired; have it renewed";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return certificate + " is not valid yet; check the clocks of both machines";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return certificate + " is from an authority that is not known here; name a CA file that has this authority" +
             (request.ca_file.empty() ? "" : ", which " + in_quotes(request.ca_file) + " has not");
    default:
      return certificate + " was refused: " + detail;
  }
}

// Why no connection was made.
std::string connect_text(CURL *easy, const HttpRequest &request, const std::string &host) {
  const long number = number_of(easy, CURLINFO_OS_ERRNO);
  const std::string reason = number == 0 ? "" : " (" + std::system_category().message(static_cast<int>(number)) + ")";
  if (!request.proxy.empty()) {
    return "the proxy " + host_of(request.proxy) + " does not take connections" + reason +
           "; check its address and that it runs";
  }
  return host + " does not take connections" + reason + "; check host and port, and that the server runs";
}

// What went wrong with TLS; "" for a code that is not about it.
std::string tls_text(CURL *easy, CURLcode code, const HttpRequest &request, const std::string &host,
                     const std::string &detail) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_text(easy, request, host, detail);
    case CURLE_SSL_CACERT_BADFILE:
      return "the CA file " + in_quotes(request.ca_file) +
             " cannot be read, or has no certificate in it; name a PEM file that the server process may read";
    case CURLE_SSL_CONNECT_ERROR:
      return "no TLS connection with " + host + " came about (" + detail +
             "); check that this port speaks TLS 1.2 or later";
    default:
      return "";
  }
}

}  // namespace

std::string failure_text(CURL *easy, CURLcode code, const HttpRequest &request, const std::string &detail) {
  const std::string host = host_of(request.url);
  if (std::string text = tls_text(easy, code, request, host, detail); !text.empty()) return text;
  const long tunnel = number_of(easy, CURLINFO_HTTP_CONNECTCODE);
  if (tunnel != 0 && tunnel / 100 != 2) {
    return "the proxy " + host_of(request.proxy) + " refused a tunnel to " + host + " with status " +
           std::to_string(tunnel) + "; check what it allows, and its user and password";
  }
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the host " + host + " is unknown; check the name, and the name service of this machine";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "the proxy " + host_of(request.proxy) + " is unknown; check its name";
    case CURLE_COULDNT_CONNECT:
      return connect_text(easy, request, host);
    case CURLE_PROXY:
      return "the proxy " + host_of(request.proxy) + " failed; check its address and kind";
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_text(easy, request, host);
    case CURLE_GOT_NOTHING:
      return host + " closed the connection without an answer; check that this port speaks " +
             (request.url.starts_with("https") ? "https" : "http");
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return host + " broke the connection off before the answer was whole; try again, or see the server's log";
    // What libcurl says of a header line that is longer than it takes: it is no lack of ours.
    case CURLE_OUT_OF_MEMORY:
      return host + " answered with a header line of more than 100 kB; check host and port, or see what stands between";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return host + " answered with something that is not HTTP; check host and port";
    default:
      return "the request to " + host + " failed: " + curl_easy_strerror(code);
  }
}

}  // namespace internal_events::core
