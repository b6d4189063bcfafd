#include "core/delivery/service_ping_delivery.hpp"

#include <algorithm>

namespace internal_events::core {
namespace {

// Where reports of failed builds go: <url>/error, in front of a query.
std::string report_url(const std::string &url) {
  const std::size_t end = std::min(url.find('?'), url.size());
  const bool has_slash = end > 0 && url[end - 1] == '/';
  return url.substr(0, end) + (has_slash ? "error" : "/error") + url.substr(end);
}

// Why an answer is no success; nothing where it is one.
std::optional<std::string> fault_of(const HttpResponse &response) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  if (response.status == 0) return response.error;
  std::string fault = "answered with status " + std::to_string(response.status);
  if (!response.location.empty()) {
    fault += ", a redirect to " + without_credentials(response.location) +
             ", which is not followed: set internal_events.service_ping_url to where it is to go";
  }
  return fault;
}

// What of an answer is kept: the body, where it came whole.
std::optional<std::string> kept(const HttpResponse &response) {
  if (response.body.empty() || response.truncated || !response.error.empty()) return std::nullopt;
  return response.body;
}

}  // namespace

Statement claim_service_ping() {
  return {"SELECT id, attempt, is_report, idempotency_key, body FROM internal_events.claim_service_ping()", {}};
}

std::optional<ClaimedPing> claimed_ping_of(const Row &row) {
  if (row.empty() || !row[0]) return std::nullopt;
  return ClaimedPing{*row[0], *row[1], *row[2] == "t", *row[3], *row[4]};
}

HttpRequest service_ping_request(HttpRequest configured, const std::string &url, const ClaimedPing &ping) {
  configured.method = "POST";
  configured.url = ping.is_report ? report_url(url) : url;
  configured.headers = {"Content-Type: application/json", "Accept: application/json",
                        "Idempotency-Key: " + ping.idempotency_key};
  configured.body = ping.body;
  return configured;
}

Attempt attempt_of(const HttpResponse &response) {
  return {response.status, kept(response), fault_of(response)};
}

Attempt interrupted_attempt() {
  return {0, std::nullopt, "interrupted: whether it arrived is not known"};
}

Statement record_attempt(const ClaimedPing &ping, const Attempt &attempt) {
  return {
      "SELECT internal_events.record_service_ping_attempt($1::pg_catalog.int8, $2::pg_catalog.int4, "
      "$3::pg_catalog.int4, $4, $5)",
      {ping.id, ping.attempt,
       attempt.http_status == 0 ? std::nullopt : std::optional(std::to_string(attempt.http_status)), attempt.response,
       attempt.error}};
}

}  // namespace internal_events::core
