#include "pg/guard.hpp"
#include "pg/settings.hpp"
#include "pg/tracking.hpp"

namespace internal_events::pg {
namespace {

Nullable<std::int64_t> bigint_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return {0, false};
  return {PG_GETARG_INT64(number), true};
}

// Reads the arguments of track_event(), in the order of its signature.
GivenEvent read_arguments(FunctionCallInfo fcinfo) {
  GivenEvent given = {};
  given.element = -1;
  if (!PG_ARGISNULL(0)) {
    text *name = PG_GETARG_TEXT_PP(0);
    given.name = VARDATA_ANY(name);
    given.name_length = static_cast<int>(VARSIZE_ANY_EXHDR(name));
  }
  given.user_id = bigint_argument(fcinfo, 1);
  given.project_id = bigint_argument(fcinfo, 2);
  given.namespace_id = bigint_argument(fcinfo, 3);
  if (!PG_ARGISNULL(4)) given.additional_properties = PG_GETARG_JSONB_P(4);
  if (!PG_ARGISNULL(5)) {
    text *category = PG_GETARG_TEXT_PP(5);
    given.category = VARDATA_ANY(category);
    given.category_length = static_cast<int>(VARSIZE_ANY_EXHDR(category));
  }
  if (!PG_ARGISNULL(6)) given.feature_enabled_by_namespace_ids = PG_GETARG_ARRAYTYPE_P(6);
  if (!PG_ARGISNULL(7)) given.occurred_at = {PG_GETARG_TIMESTAMPTZ(7), true};
  given.send_to_snowplow = PG_ARGISNULL(8) || PG_GETARG_BOOL(8);
  return given;
}

}  // namespace

// track_event(): records one event in the caller's transaction.
IE_FUNCTION(ie_track_event) {
  if (!settings.enabled) PG_RETURN_BOOL(false);
  Refusal refusal = check_session();
  if (!refusal.refused()) refusal = record(read_arguments(fcinfo));
  if (refusal.refused()) report(refusal);
  PG_RETURN_BOOL(!refusal.refused());
}

}  // namespace internal_events::pg
