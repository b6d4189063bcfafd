#include "pg/tracking.hpp"

#include "pg/additional_properties.hpp"
#include "pg/registry.hpp"
#include "pg/settings.hpp"

namespace internal_events::pg {
namespace {

// What a writer may pass is read again and again: by rollups, forwarders and people.
constexpr int longest_category = 4000;
constexpr int most_ids = 1000;
constexpr int longest_shown = 100;

// Clocks of machines differ by so much without being wrong.
constexpr int64 tolerated_ahead = 10 * USECS_PER_SEC;

void push_text(JsonbParseState **state, JsonbIteratorToken token, const char *text, int length) {
  JsonbValue value = {};
  value.type = jbvString;
  value.val.string.val = const_cast<char *>(text);
  value.val.string.len = length;
  pushJsonbValue(state, token, &value);
}

void push_key(JsonbParseState **state, const char *key) {
  push_text(state, WJB_KEY, key, static_cast<int>(strlen(key)));
}

void push_ids(JsonbParseState **state, ArrayType *ids) {
  Datum *elements = nullptr;
  bool *nulls = nullptr;
  int count = 0;
  deconstruct_array(ids, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements, &nulls, &count);
  pushJsonbValue(state, WJB_BEGIN_ARRAY, nullptr);
  for (int i = 0; i < count; ++i) {
    if (nulls[i]) continue;
    JsonbValue value = {};
    value.type = jbvNumeric;
    value.val.numeric = int64_to_numeric(DatumGetInt64(elements[i]));
    pushJsonbValue(state, WJB_ELEM, &value);
  }
  pushJsonbValue(state, WJB_END_ARRAY, nullptr);
}

// What is known of an event beside its own columns, or null where that is nothing.
Jsonb *make_context(const GivenEvent &given) {
  if (given.category == nullptr && given.feature_enabled_by_namespace_ids == nullptr) return nullptr;
  JsonbParseState *state = nullptr;
  pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
  if (given.category != nullptr) {
    push_key(&state, "category");
    push_text(&state, WJB_VALUE, given.category, given.category_length);
  }
  if (given.feature_enabled_by_namespace_ids != nullptr) {
    push_key(&state, "feature_enabled_by_namespace_ids");
    push_ids(&state, given.feature_enabled_by_namespace_ids);
  }
  return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, nullptr));
}

// Keeps a time between the oldest event still retained and now.
Nullable<TimestampTz> clamp(const Nullable<TimestampTz> &occurred_at, TimestampTz now, int element) {
  if (!occurred_at.present) return occurred_at;
  const TimestampTz oldest = now - static_cast<int64>(settings.event_retention) * USECS_PER_MINUTE;
  if (occurred_at.value > now) {
    if (occurred_at.value - now <= tolerated_ahead) return {now, true};
    warn(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "occurred_at lies in the future; the event is recorded as of now",
         "Check the clock of the client.", element);
    return {now, true};
  }
  if (occurred_at.value < oldest) {
    warn(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
         "occurred_at is older than internal_events.event_retention; the event is recorded at that age", nullptr,
         element);
    return {oldest, true};
  }
  return occurred_at;
}

// The name of an event, cut where it would fill a log.
const char *shown_name(const GivenEvent &given) {
  const int shown = pg_mbcliplen(given.name, given.name_length, longest_shown);
  return psprintf("\"%.*s%s\"", shown, given.name, shown < given.name_length ? "..." : "");
}

// Refuses what stands beside the properties where it is too much.
Refusal check_context(const GivenEvent &given) {
  if (given.category != nullptr && given.category_length > longest_category) {
    return {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "category is longer than 4,000 bytes", "A category is a name."};
  }
  ArrayType *ids = given.feature_enabled_by_namespace_ids;
  if (ids != nullptr && ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids)) > most_ids) {
    return {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "feature_enabled_by_namespace_ids has more than 1,000 ids",
            "Pass those by which the feature is enabled for this user."};
  }
  return not_refused;
}

Refusal unknown_event(const GivenEvent &given) {
  return {ERRCODE_UNDEFINED_OBJECT, psprintf("event %s is not defined", shown_name(given)),
          "Load its definition with internal_events.load_event_definition()."};
}

Refusal removed_event(const GivenEvent &given) {
  return {ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
          psprintf("event %s is defined with status: removed", shown_name(given)),
          "Take the call out, or load a definition that is active."};
}

}  // namespace

Refusal check_session() {
  if (RecoveryInProgress()) {
    return {ERRCODE_READ_ONLY_SQL_TRANSACTION, "this server is a standby", "Track events on the primary."};
  }
  if (XactReadOnly) {
    return {ERRCODE_READ_ONLY_SQL_TRANSACTION, "the transaction is read-only", nullptr};
  }
  return not_refused;
}

Refusal record(const GivenEvent &given) {
  if (given.name == nullptr) {
    return {ERRCODE_NULL_VALUE_NOT_ALLOWED, "event_name is null", nullptr};
  }
  const TrackableEvent *event = find_event({given.name, static_cast<size_t>(given.name_length)});
  if (event == nullptr) return unknown_event(given);
  if (event->removed) return removed_event(given);
  if (const Refusal refusal = check_context(given); refusal.refused()) return refusal;
  LoggedEvent logged = {};
  logged.definition_id = event->definition_id;
  if (given.additional_properties != nullptr) {
    const CheckedProperties checked = check_additional_properties(given.additional_properties, *event);
    if (checked.refusal.refused()) return checked.refusal;
    if (checked.dropped != nullptr) {
      warn(ERRCODE_UNDEFINED_PARAMETER,
           psprintf("event %s does not declare %s; the event is recorded without", shown_name(given), checked.dropped),
           "Declare it under additional_properties of the event's definition.", given.element);
    }
    logged.additional_properties = checked.kept;
  }
  logged.tracked_at = GetCurrentTimestamp();
  logged.occurred_at = clamp(given.occurred_at, logged.tracked_at, given.element);
  logged.user_id = given.user_id;
  logged.project_id = given.project_id;
  logged.namespace_id = given.namespace_id;
  logged.context = make_context(given);
  logged.send_to_snowplow = given.send_to_snowplow;
  append_to_log(logged);
  return not_refused;
}

}  // namespace internal_events::pg
