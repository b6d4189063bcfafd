#include "core/delivery/build_service_ping.hpp"

#include "pg/guard.hpp"
#include "pg_http/server_session.hpp"

namespace internal_events::pg {
namespace {

// The procedure's INOUT argument as the row that CALL returns.
Datum row_of(FunctionCallInfo fcinfo, const std::optional<std::string> &id) {
  const std::int64_t number = id ? std::stoll(*id) : 0;
  return call([&] {
    Datum values[1] = {Int64GetDatum(number)};
    bool nulls[1] = {!id};
    return result_row(fcinfo, values, nulls);
  });
}

}  // namespace

// build_service_ping(id, force): measures step by step, and commits each.
IE_FUNCTION(ie_build_service_ping) {
  core::BuiltPing ping;
  {
    ServerSession session(fcinfo);
    const bool force = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
    ping = core::build_service_ping(session, force, [](const std::string &) {});
  }
  return row_of(fcinfo, ping.id);
}

}  // namespace internal_events::pg
