#include "core/delivery/send_service_pings.hpp"

#include "core/delivery/delivery_settings.hpp"

namespace internal_events::core {
namespace {

// Sends one and stores what became of it.
Attempt send_one(Session &session, const HttpRequest &request, const ClaimedPing &ping) {
  Attempt attempt;
  try {
    attempt = attempt_of(session.send(request));
  } catch (...) {
    session.run_after_failure(record_attempt(ping, interrupted_attempt()));
    throw;
  }
  session.run(record_attempt(ping, attempt));
  return attempt;
}

}  // namespace

void send_service_pings(Session &session, const PingSent &sent) {
  for (;;) {
    // All that may be missing here is asked for before a ping is claimed.
    const std::string url = session.setting("service_ping_url");
    if (url.empty()) return;
    const HttpRequest configured = configured_request(session);
    const auto ping = claimed_ping_of(session.run(claim_service_ping()));
    if (!ping) return;
    const Attempt attempt = send_one(session, service_ping_request(configured, url, *ping), *ping);
    sent(*ping, attempt);
    if (!attempt.is_answered()) return;
    session.check();
  }
}

}  // namespace internal_events::core
