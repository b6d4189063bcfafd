#include "core/delivery/service_ping_delivery.hpp"
#include "pg/guard.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// Sends one; returns whether the receiver is there, so that the next one may be tried.
bool deliver(Steps &steps, const core::ClaimedPing &ping) {
  const auto interrupted = [&](const SqlError &) {
    steps.run(core::record_attempt(ping, core::interrupted_attempt()));
  };
  const core::HttpResponse response = with_handler(
      [&] { return send(core::service_ping_request(configured_request(), secret_setting("service_ping_url"), ping)); },
      interrupted);
  const core::Attempt attempt = core::attempt_of(response);
  steps.run(core::record_attempt(ping, attempt));
  return attempt.is_answered();
}

}  // namespace

// send_service_pings(): claim, commit, send, record, until nothing is due.
IE_FUNCTION(ie_send_service_pings) {
  Steps steps(fcinfo);
  steps.refuse_atomic("send_service_pings()");
  if (secret_setting("service_ping_url").empty()) PG_RETURN_VOID();
  while (const auto ping = core::claimed_ping_of(steps.run(core::claim_service_ping()))) {
    if (!deliver(steps, *ping)) break;
  }
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
