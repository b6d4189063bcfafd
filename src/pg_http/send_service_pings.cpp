#include "core/delivery/send_service_pings.hpp"

#include "pg/guard.hpp"
#include "pg_http/server_session.hpp"

namespace internal_events::pg {

// send_service_pings(): claim, commit, send, record, until nothing is due.
IE_FUNCTION(ie_send_service_pings) {
  ServerSession session(fcinfo);
  session.refuse_atomic("send_service_pings()");
  core::send_service_pings(session, [](const core::ClaimedPing &, const core::Attempt &) {});
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
