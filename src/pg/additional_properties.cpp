#include "pg/additional_properties.hpp"

namespace internal_events::pg {
namespace {

// Past this the log would be a place to hide data in, and one event could slow every reader down.
constexpr Size largest_size = 65536;

// Past 1e18 a single value would drown the sum of all others; past these a few bytes would stand for thousands of
// digits, in the log's readers and in sums for ever.
struct Bounds {
  double largest;
  int32 decimals;
  const char *hint;
};
constexpr Bounds bounds_of_value = {1e18, 100, "It may lie between -1e18 and 1e18."};
constexpr Bounds bounds_of_others = {1e308, 400, "It may lie between -1e308 and 1e308."};

bool is_name(const JsonbValue &key, const char *name) {
  return static_cast<size_t>(key.val.string.len) == strlen(name) &&
         memcmp(key.val.string.val, name, static_cast<size_t>(key.val.string.len)) == 0;
}

const char *quoted(const JsonbValue &key) {
  return psprintf("\"%.*s\"", key.val.string.len, key.val.string.val);
}

Refusal wrong_type(const JsonbValue &key, const char *expected) {
  return {ERRCODE_DATATYPE_MISMATCH, psprintf("additional property %s is not %s", quoted(key), expected),
          "Properties are flat: label and property are text, value is a number, others are text or numbers."};
}

// Refuses a number that is too large, or that has too many digits after the decimal point.
Refusal check_number(const JsonbValue &key, Numeric number, const Bounds &bounds) {
  const double size = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(number)));
  if (size > bounds.largest || size < -bounds.largest) {
    return {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, psprintf("additional property %s is out of range", quoted(key)),
            bounds.hint};
  }
  if (DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(number))) > bounds.decimals) {
    return {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, psprintf("additional property %s has too many decimals", quoted(key)),
            psprintf("Round it to %d digits after the decimal point.", bounds.decimals)};
  }
  return not_refused;
}

Refusal check_value(const JsonbValue &key, JsonbValue &value) {
  const bool text = value.type == jbvString;
  const bool number = value.type == jbvNumeric;
  if (is_name(key, "label") || is_name(key, "property")) return text ? not_refused : wrong_type(key, "text");
  if (is_name(key, "value")) {
    if (!number) return wrong_type(key, "a number");
    return check_number(key, value.val.numeric, bounds_of_value);
  }
  if (text) return not_refused;
  if (!number) return wrong_type(key, "text or a number");
  return check_number(key, value.val.numeric, bounds_of_others);
}

bool is_declared(const TrackableEvent &event, const JsonbValue &key) {
  return event.declares({key.val.string.val, static_cast<size_t>(key.val.string.len)});
}

// What one pass over the properties finds.
struct Findings {
  Refusal refusal;
  StringInfo undeclared;
  bool whole;  // nothing has to be left out
};

Findings examine(Jsonb *given, const TrackableEvent &event) {
  Findings findings = {not_refused, nullptr, true};
  JsonbIterator *iterator = JsonbIteratorInit(&given->root);
  JsonbValue key;
  JsonbValue value;
  JsonbIteratorNext(&iterator, &key, true);
  while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY) {
    JsonbIteratorNext(&iterator, &value, true);
    if (value.type == jbvNull) {
      findings.whole = false;
    } else if (!is_declared(event, key)) {
      findings.whole = false;
      if (findings.undeclared == nullptr) {
        findings.undeclared = makeStringInfo();
      } else {
        appendStringInfoString(findings.undeclared, ", ");
      }
      appendStringInfoString(findings.undeclared, quoted(key));
    } else {
      findings.refusal = check_value(key, value);
      if (findings.refusal.refused()) return findings;
    }
  }
  return findings;
}

// A copy without nulls and undeclared properties, or null where nothing remains.
Jsonb *without_undeclared(Jsonb *given, const TrackableEvent &event) {
  JsonbParseState *state = nullptr;
  JsonbIterator *iterator = JsonbIteratorInit(&given->root);
  JsonbValue key;
  JsonbValue value;
  bool any = false;
  JsonbIteratorNext(&iterator, &key, true);
  pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
  while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY) {
    JsonbIteratorNext(&iterator, &value, true);
    if (value.type == jbvNull || !is_declared(event, key)) continue;
    pushJsonbValue(&state, WJB_KEY, &key);
    pushJsonbValue(&state, WJB_VALUE, &value);
    any = true;
  }
  JsonbValue *object = pushJsonbValue(&state, WJB_END_OBJECT, nullptr);
  return any ? JsonbValueToJsonb(object) : nullptr;
}

}  // namespace

CheckedProperties check_additional_properties(Jsonb *given, const TrackableEvent &event) {
  CheckedProperties checked = {not_refused, nullptr, nullptr};
  if (!JB_ROOT_IS_OBJECT(given)) {
    checked.refusal = {ERRCODE_DATATYPE_MISMATCH, "additional_properties is not a JSON object",
                       "Write it like {\"label\": \"npm\", \"value\": 3}."};
    return checked;
  }
  if (VARSIZE(given) > largest_size) {
    checked.refusal = {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "additional_properties is larger than 64 kB",
                       "Track names and numbers, not documents."};
    return checked;
  }
  const Findings findings = examine(given, event);
  checked.refusal = findings.refusal;
  if (findings.refusal.refused()) return checked;
  if (findings.undeclared != nullptr) checked.dropped = findings.undeclared->data;
  checked.kept = findings.whole ? given : without_undeclared(given, event);
  if (findings.whole && JB_ROOT_COUNT(given) == 0) checked.kept = nullptr;
  return checked;
}

}  // namespace internal_events::pg
