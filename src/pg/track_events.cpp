#include <iterator>

#include "pg/compat.hpp"
#include "pg/guard.hpp"
#include "pg/settings.hpp"
#include "pg/tracking.hpp"

namespace internal_events::pg {
namespace {

Refusal wrong(const char *key, const char *expected) {
  return {ERRCODE_DATATYPE_MISMATCH, psprintf("\"%s\" is not %s", key, expected), nullptr};
}

Refusal read_text(const char *key, const JsonbValue &value, const char *&text, int &length) {
  if (value.type != jbvString) return wrong(key, "text");
  text = value.val.string.val;
  length = value.val.string.len;
  return not_refused;
}

// Reads an id: a whole number in the range of bigint, or its decimal text as JavaScript writes large ones.
bool read_bigint(const JsonbValue &value, std::int64_t &id) {
  const char *text = nullptr;
  if (value.type == jbvNumeric) {
    text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
  } else if (value.type == jbvString) {
    text = pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len));
  } else {
    return false;
  }
  const std::size_t digits = strspn(text + (*text == '-' ? 1 : 0), "0123456789");
  if (digits == 0 || text[digits + (*text == '-' ? 1 : 0)] != '\0') return false;
  errno = 0;
  id = strtoll(text, nullptr, 10);
  return errno == 0;
}

Refusal read_id(const char *key, const JsonbValue &value, Nullable<std::int64_t> &id) {
  id.present = read_bigint(value, id.value);
  return id.present ? not_refused : wrong(key, "a whole number in the range of bigint");
}

Refusal read_boolean(const char *key, const JsonbValue &value, bool &truth) {
  if (value.type != jbvBool) return wrong(key, "true or false");
  truth = value.val.boolean;
  return not_refused;
}

// Reads a time without raising: one bad element must not cost the others.
bool parse_timestamp(const JsonbValue &value, TimestampTz &moment) {
  if (value.type != jbvString || value.val.string.len > MAXDATELEN) return false;
  const char *text = pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len));
  char work[MAXDATELEN + MAXDATEFIELDS];
  char *field[MAXDATEFIELDS];
  int types[MAXDATEFIELDS];
  int fields = 0;
  int kind = 0;
  int zone = 0;
  fsec_t fraction = 0;
  struct pg_tm parts = {};
  if (ParseDateTime(text, work, sizeof work, field, types, MAXDATEFIELDS, &fields) != 0) return false;
  if (decode_date_time(field, types, fields, &kind, &parts, &fraction, &zone) != 0 || kind != DTK_DATE) return false;
  return tm2timestamp(&parts, fraction, &zone, &moment) == 0;
}

Refusal read_timestamp(const char *key, const JsonbValue &value, Nullable<TimestampTz> &moment) {
  moment.present = parse_timestamp(value, moment.value);
  return moment.present ? not_refused : wrong(key, "a time such as \"2026-11-20T12:00:00Z\"");
}

Refusal read_properties(const char *key, const JsonbValue &value, Jsonb *&properties) {
  if (value.type != jbvBinary || !JsonContainerIsObject(value.val.binary.data)) return wrong(key, "an object");
  properties = JsonbValueToJsonb(const_cast<JsonbValue *>(&value));
  return not_refused;
}

Refusal read_ids(const char *key, const JsonbValue &value, ArrayType *&ids) {
  if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data)) return wrong(key, "an array of ids");
  JsonbIterator *iterator = JsonbIteratorInit(value.val.binary.data);
  JsonbValue element;
  JsonbIteratorNext(&iterator, &element, true);
  const int room = static_cast<int>(JsonContainerSize(value.val.binary.data));
  Datum *datums = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<Size>(room + 1)));
  int count = 0;
  while (JsonbIteratorNext(&iterator, &element, true) == WJB_ELEM) {
    std::int64_t id = 0;
    if (!read_bigint(element, id)) return wrong(key, "an array of ids");
    datums[count++] = Int64GetDatum(id);
  }
  ids = construct_array(datums, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
  return not_refused;
}

using Reader = Refusal (*)(const char *key, const JsonbValue &value, GivenEvent &given);

struct Key {
  const char *name;
  Reader read;
};

Refusal read_name(const char *key, const JsonbValue &value, GivenEvent &given) {
  return read_text(key, value, given.name, given.name_length);
}

// The keys of an element: the names of track_event()'s arguments, and "event" for short.
const Key keys[] = {
    {"event_name", read_name},
    {"event", read_name},
    {"user_id", [](auto *key, const auto &value, auto &given) { return read_id(key, value, given.user_id); }},
    {"project_id", [](auto *key, const auto &value, auto &given) { return read_id(key, value, given.project_id); }},
    {"namespace_id", [](auto *key, const auto &value, auto &given) { return read_id(key, value, given.namespace_id); }},
    {"additional_properties", [](auto *key, const auto &value,
                                 auto &given) { return read_properties(key, value, given.additional_properties); }},
    {"category", [](auto *key, const auto &value,
                    auto &given) { return read_text(key, value, given.category, given.category_length); }},
    {"feature_enabled_by_namespace_ids",
     [](auto *key, const auto &value, auto &given) {
       return read_ids(key, value, given.feature_enabled_by_namespace_ids);
     }},
    {"occurred_at",
     [](auto *key, const auto &value, auto &given) { return read_timestamp(key, value, given.occurred_at); }},
    {"send_to_snowplow",
     [](auto *key, const auto &value, auto &given) { return read_boolean(key, value, given.send_to_snowplow); }},
};

Refusal read_key(const JsonbValue &name, const JsonbValue &value, GivenEvent &given) {
  const std::string_view wanted(name.val.string.val, static_cast<std::size_t>(name.val.string.len));
  for (const Key &key : keys) {
    if (wanted != key.name) continue;
    return value.type == jbvNull ? not_refused : key.read(key.name, value, given);
  }
  return {ERRCODE_UNDEFINED_PARAMETER, psprintf("unknown key \"%.*s\"", name.val.string.len, name.val.string.val),
          "Keys are the names of track_event()'s arguments."};
}

// Reads one element of the array.
Refusal read_element(const JsonbValue &element, GivenEvent &given) {
  given.send_to_snowplow = true;
  if (element.type != jbvBinary || !JsonContainerIsObject(element.val.binary.data)) {
    return {ERRCODE_DATATYPE_MISMATCH, "not an object",
            "Write it like {\"event\": \"project_created\", \"user_id\": 7}."};
  }
  JsonbIterator *iterator = JsonbIteratorInit(element.val.binary.data);
  JsonbValue name;
  JsonbValue value;
  JsonbIteratorNext(&iterator, &name, true);
  while (JsonbIteratorNext(&iterator, &name, true) == WJB_KEY) {
    JsonbIteratorNext(&iterator, &value, true);
    const Refusal refusal = read_key(name, value, given);
    if (refusal.refused()) return refusal;
  }
  return not_refused;
}

// Records every element that can be; returns how many those are.
std::int64_t record_all(Jsonb *events) {
  MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "track_events element", ALLOCSET_DEFAULT_SIZES);
  MemoryContext caller = CurrentMemoryContext;
  JsonbIterator *iterator = JsonbIteratorInit(&events->root);
  JsonbValue element;
  std::int64_t recorded = 0;
  JsonbIteratorNext(&iterator, &element, true);
  for (int index = 0; JsonbIteratorNext(&iterator, &element, true) == WJB_ELEM; ++index) {
    MemoryContextSwitchTo(scratch);
    GivenEvent given = {};
    given.element = index;
    Refusal refusal = read_element(element, given);
    if (!refusal.refused()) refusal = record(given);
    if (refusal.refused()) {
      report(refusal, index);
    } else {
      ++recorded;
    }
    MemoryContextSwitchTo(caller);
    MemoryContextReset(scratch);
    CHECK_FOR_INTERRUPTS();
  }
  MemoryContextDelete(scratch);
  return recorded;
}

}  // namespace

// track_events(): records an array of events in one call.
IE_FUNCTION(ie_track_events) {
  if (!settings.enabled || PG_ARGISNULL(0)) PG_RETURN_INT64(0);
  Jsonb *events = PG_GETARG_JSONB_P(0);
  Refusal refusal = check_session();
  if (!refusal.refused() && (!JB_ROOT_IS_ARRAY(events) || JB_ROOT_IS_SCALAR(events))) {
    refusal = {ERRCODE_DATATYPE_MISMATCH, "the argument is not a JSON array of events", nullptr};
  }
  if (refusal.refused()) {
    report(refusal);
    PG_RETURN_INT64(0);
  }
  PG_RETURN_INT64(record_all(events));
}

}  // namespace internal_events::pg
