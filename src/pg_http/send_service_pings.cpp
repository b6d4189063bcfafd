#include <algorithm>
#include <string>

#include "pg/guard.hpp"
#include "pg/utf8.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// One claimed ping, or report of a failed build.
struct Claim {
  std::string id;
  std::string attempt;
  bool is_report;
  std::string idempotency_key;
  std::string body;
};

// Takes what is due next, if anything is.
std::optional<Claim> claim_next(Steps &steps) {
  const Row row =
      steps.run("SELECT id, attempt, is_report, idempotency_key, body FROM internal_events.claim_service_ping()", {});
  if (row.empty() || !row[0]) return std::nullopt;
  return Claim{*row[0], *row[1], *row[2] == "t", *row[3], *row[4]};
}

// Stores how an attempt ended.
void record(Steps &steps, const Claim &claim, int status, const std::optional<std::string> &response,
            const std::optional<std::string> &error) {
  steps.run(
      "SELECT internal_events.record_service_ping_attempt($1::pg_catalog.int8, $2::pg_catalog.int4, "
      "$3::pg_catalog.int4, "
      "$4, $5)",
      {claim.id, claim.attempt, status == 0 ? std::nullopt : std::optional(std::to_string(status)), response, error});
}

// Where reports of failed builds go: <url>/error, in front of a query.
std::string report_url(const std::string &url) {
  const std::size_t end = std::min(url.find('?'), url.size());
  const bool has_slash = end > 0 && url[end - 1] == '/';
  return url.substr(0, end) + (has_slash ? "error" : "/error") + url.substr(end);
}

core::HttpRequest request_of(const Claim &claim) {
  const std::string url = secret_setting("service_ping_url");
  core::HttpRequest request = configured_request("POST", claim.is_report ? report_url(url) : url);
  request.headers = {"Content-Type: application/json", "Accept: application/json",
                     "Idempotency-Key: " + claim.idempotency_key};
  request.body = claim.body;
  return request;
}

// Why an answer is no success; nothing where it is one.
std::optional<std::string> fault_of(const core::HttpResponse &response) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  if (response.status == 0) return response.error;
  std::string fault = "answered with status " + std::to_string(response.status);
  if (!response.location.empty()) {
    fault += ", a redirect to " + core::without_credentials(response.location) +
             ", which is not followed: set internal_events.service_ping_url to where it is to go";
  }
  return fault;
}

// What of an answer is kept: the body, where it came whole.
std::optional<std::string> kept(const core::HttpResponse &response) {
  if (response.body.empty() || response.truncated || !response.error.empty()) return std::nullopt;
  return storable(response.body);
}

// Sends one; returns whether the receiver is there, so that the next one may be tried.
bool deliver(Steps &steps, const Claim &claim) {
  const auto interrupted = [&](const SqlError &) {
    record(steps, claim, 0, std::nullopt, "interrupted: whether it arrived is not known");
  };
  const core::HttpResponse response = with_handler([&] { return send(request_of(claim)); }, interrupted);
  std::optional<std::string> fault = fault_of(response);
  if (fault) fault = storable(*fault);
  record(steps, claim, response.status, kept(response), fault);
  return response.status > 0 && response.status < 500;
}

}  // namespace

// send_service_pings(): claim, commit, send, record, until nothing is due.
IE_FUNCTION(ie_send_service_pings) {
  Steps steps(fcinfo);
  steps.refuse_atomic("send_service_pings()");
  if (secret_setting("service_ping_url").empty()) PG_RETURN_VOID();
  while (const std::optional<Claim> claim = claim_next(steps)) {
    if (!deliver(steps, *claim)) break;
  }
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
