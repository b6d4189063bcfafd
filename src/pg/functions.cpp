#include "core/sketches/hash.hpp"
#include "pg/event_log.hpp"
#include "pg/guard.hpp"
#include "pg/settings.hpp"

namespace internal_events::pg {

// element(bigint): the hash of an id, as Redis gives it to the id's decimal text.
IE_FUNCTION(ie_element_bigint) {
  return Int64GetDatum(static_cast<int64>(core::redis_hash(static_cast<std::int64_t>(PG_GETARG_INT64(0)))));
}

// element(text): the hash of a property, as Redis gives it to the same bytes.
IE_FUNCTION(ie_element_text) {
  text *element = PG_GETARG_TEXT_PP(0);
  const std::string_view bytes(VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element));
  return Int64GetDatum(static_cast<int64>(core::redis_hash(bytes)));
}

// element(jsonb): the hash of a property's value; a number is taken in its shortest spelling, as 60.0 is 60.
IE_FUNCTION(ie_element_jsonb) {
  JsonbValue value;
  if (!JsonbExtractScalar(&PG_GETARG_JSONB_P(0)->root, &value)) PG_RETURN_NULL();
  std::string_view bytes;
  if (value.type == jbvString) {
    bytes = {value.val.string.val, static_cast<std::size_t>(value.val.string.len)};
  } else if (value.type == jbvNumeric) {
    const Datum shortest = DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(value.val.numeric));
    bytes = DatumGetCString(DirectFunctionCall1(numeric_out, shortest));
  } else {
    PG_RETURN_NULL();
  }
  return Int64GetDatum(static_cast<int64>(core::redis_hash(bytes)));
}

// cluster_id(): the number that the log keeps beside each transaction id.
IE_FUNCTION(ie_cluster_id) {
  return Int32GetDatum(local_cluster_id());
}

// A number of minutes as an interval.
static Datum minutes(int count) {
  auto *span = static_cast<Interval *>(palloc0(sizeof(Interval)));
  span->time = static_cast<TimeOffset>(count) * USECS_PER_MINUTE;
  PG_RETURN_INTERVAL_P(span);
}

// event_retention() and the like: settings that SQL cannot read before the library is loaded.
IE_FUNCTION(ie_event_retention) {
  return minutes(settings.event_retention);
}
IE_FUNCTION(ie_bucket_retention) {
  return minutes(settings.bucket_retention);
}
IE_FUNCTION(ie_forwarding_retention) {
  return minutes(settings.forwarding_retention);
}

// metric_timeout(): likewise.
IE_FUNCTION(ie_metric_timeout) {
  PG_RETURN_INT32(settings.metric_timeout);
}

// utc_day(timestamptz): the day of UTC that a moment lies in.
IE_FUNCTION(ie_utc_day) {
  const TimestampTz moment = PG_GETARG_TIMESTAMPTZ(0);
  if (TIMESTAMP_IS_NOBEGIN(moment)) PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
  if (TIMESTAMP_IS_NOEND(moment)) PG_RETURN_DATEADT(DATEVAL_NOEND);
  const TimestampTz day = moment / USECS_PER_DAY;
  PG_RETURN_DATEADT(static_cast<DateADT>(moment % USECS_PER_DAY < 0 ? day - 1 : day));
}

}  // namespace internal_events::pg
