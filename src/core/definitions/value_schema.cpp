#include "core/definitions/value_schema.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/definitions/user_schema.hpp"
#include "core/definitions/valijson_errors.hpp"
#include "core/json.hpp"

namespace internal_events::core {
namespace {

using valijson::SchemaParser;
using valijson::adapters::NlohmannJsonAdapter;
using Context = std::vector<std::string>;
using Error = valijson::ValidationResults::Error;

// The beginnings of sentences that only repeat what was said just before of the same value.
constexpr std::array<std::string_view, 3> repeated_of_same{
    "Failed to validate against child schema #",
    "Failed to validate against dependent schema",
    "Failed to validate against a conditional schema",
};

// A schema that valijson has taken.
struct ValueSchema {
  std::unique_ptr<valijson::Schema> schema;
  SchemaCost cost;
};

// Gives valijson a schema as one of a draft; what it says against it, if anything.
std::optional<std::string> compile(const nlohmann::json &json, SchemaParser::Version draft, ValueSchema &compiled) {
  try {
    compiled.schema = std::make_unique<valijson::Schema>();
    SchemaParser(draft).populateSchema(NlohmannJsonAdapter(json), *compiled.schema);
    return std::nullopt;
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return error.what();
  }
}

// Reads a user's schema; throws Unacceptable.
ValueSchema compiled_schema(const std::string &text) {
  nlohmann::json json = parse_limited(text, "schema");
  ValueSchema compiled;
  compiled.cost = prepare_schema(json);
  std::optional<std::string> fault;
  for (const auto draft : {SchemaParser::kDraft7, SchemaParser::kDraft4, SchemaParser::kDraft3}) {
    const auto objection = compile(json, draft, compiled);
    if (!objection) return compiled;
    // Most schemas are of a late draft, so what the latest one says helps most.
    if (!fault) fault = objection;
  }
  throw Unacceptable("the text is no JSON Schema of draft 7, 4 or 3: " + *fault);
}

// Whether a sentence of valijson only repeats what was said just before of the same value.
bool repeats_same(const std::string &sentence) {
  return std::any_of(repeated_of_same.begin(), repeated_of_same.end(),
                     [&](std::string_view beginning) { return sentence.starts_with(beginning); });
}

// Whether valijson's error only repeats the one before it.
bool is_repetition(const Error &error, const Error &before) {
  const Context &outer = error.context;
  const Context &inner = before.context;
  if (inner.size() < outer.size() || !std::equal(outer.begin(), outer.end(), inner.begin())) return false;
  if (repeats_same(error.description)) return true;
  return inner.size() > outer.size() && repeats_part(error.description);
}

// Writes an error down as one fault.
std::string fault_of(const Error &error) {
  const std::size_t end = error.description.find_last_not_of('.') + 1;
  const JsonPointer place = pointer_to(error.context);
  return (place.empty() ? "/" : place.to_string()) + ": " + error.description.substr(0, end);
}

// Runs valijson over a value.
std::vector<std::string> faults_in(const valijson::Schema &schema, const nlohmann::json &value) {
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(schema, NlohmannJsonAdapter(value), &results)) return {};
  std::vector<std::string> faults;
  const Error *before = nullptr;
  for (const Error &error : results) {
    if (before == nullptr || !is_repetition(error, *before)) faults.push_back(fault_of(error));
    before = &error;
  }
  // valijson says nothing of the schema `false`.
  if (faults.empty()) faults.emplace_back("/: The schema allows no such value");
  return faults;
}

}  // namespace

std::optional<std::string> schema_fault(const std::string &schema_text) {
  try {
    compiled_schema(schema_text);
    return std::nullopt;
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return error.what();
  }
}

std::vector<std::string> value_faults(const std::string &schema_text, const std::string &value_text) {
  try {
    const ValueSchema compiled = compiled_schema(schema_text);
    const nlohmann::json value = parse_limited(value_text, "value");
    check_size(value, compiled.cost);
    return faults_in(*compiled.schema, value);
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return {std::string("/: ") + error.what()};
  }
}

}  // namespace internal_events::core
