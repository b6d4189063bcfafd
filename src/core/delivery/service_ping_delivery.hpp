// Sending Service Pings: the statements, the requests, and what the answers mean.
#pragma once

#include <optional>
#include <string>

#include "core/delivery/statement.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

// One Service Ping, or report of a failed build, that nobody else sends meanwhile.
struct ClaimedPing {
  std::string id;
  std::string attempt;
  bool is_report = false;
  std::string idempotency_key;
  std::string body;
};

// Takes what is due next; nothing where nothing is.
Statement claim_service_ping();
std::optional<ClaimedPing> claimed_ping_of(const Row &row);

// The request for it, to the receiver of pings at an address.
HttpRequest service_ping_request(HttpRequest configured, const std::string &url, const ClaimedPing &ping);

// How an attempt at sending it ended.
struct Attempt {
  int http_status = 0;                  // 0: no answer
  std::optional<std::string> response;  // what of the answer is kept
  std::optional<std::string> error;     // none: it was taken

  // Whether the receiver is there, so that the next one may be tried.
  bool is_answered() const { return http_status > 0 && http_status < 500; }
};

// What an answer means.
Attempt attempt_of(const HttpResponse &response);

// An attempt that somebody stopped.
Attempt interrupted_attempt();

// Stores it.
Statement record_attempt(const ClaimedPing &ping, const Attempt &attempt);

}  // namespace internal_events::core
