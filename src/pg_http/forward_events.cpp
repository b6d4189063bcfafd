#include "core/delivery/forward_events.hpp"

#include "pg/guard.hpp"
#include "pg_http/server_session.hpp"

namespace internal_events::pg {

// forward_events(force): reads, queues, sends and records, portion by portion.
IE_FUNCTION(ie_forward_events) {
  ServerSession session(fcinfo);
  session.refuse_atomic("forward_events()");
  if (session.setting("snowplow_collector_url").empty()) PG_RETURN_VOID();
  const bool force = !PG_ARGISNULL(0) && PG_GETARG_BOOL(0);
  const core::ForwardingReport report = core::forward_events(session, force, [](const core::ForwardingReport &) {});
  if (!report.message.empty()) {
    call([&] { ereport(NOTICE, (errmsg("nothing is forwarded now: %s", report.message.c_str()))); });
  }
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
