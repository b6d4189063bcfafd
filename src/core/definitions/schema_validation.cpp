#include "core/definitions/schema_validation.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/definitions/schema.hpp"
#include "core/definitions/valijson_errors.hpp"

namespace internal_events::core {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

// valijson tells keywords apart by the beginnings of its sentences alone.
struct Sentence {
  std::string_view beginning;
  std::string_view keyword;
};

constexpr std::array<Sentence, 10> sentences{{
    {"Value type not permitted", "type"},
    {"Failed to match against any enum", "enum"},
    {"Failed to match regex", "pattern"},
    {"Missing required property", "required"},
    {"String should be no more than", "maxLength"},
    {"String should be no fewer than", "minLength"},
    {"Array should contain no more than", "maxItems"},
    {"Array should contain no fewer than", "minItems"},
    {"Expected number greater than", "minimum"},
    {"Expected number less than", "maximum"},
}};

// A schema in valijson's own form, which is dear to make and cannot be copied.
struct DefinitionSchema {
  explicit DefinitionSchema(const nlohmann::json &json) {
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(NlohmannJsonAdapter(json), schema);
  }
  valijson::Schema schema;
};

// The name in "Missing required property 'name'."
std::string quoted_name(const std::string &sentence) {
  const std::size_t begin = sentence.find('\'') + 1;
  return sentence.substr(begin, sentence.rfind('\'') - begin);
}

// Reads one of valijson's errors; none where it only repeats another one.
std::optional<Violation> violation_in(const valijson::ValidationResults::Error &error) {
  if (repeats_part(error.description)) return std::nullopt;
  Violation violation{pointer_to(error.context), "", error.description};
  for (const Sentence &sentence : sentences) {
    if (error.description.starts_with(sentence.beginning)) violation.keyword = sentence.keyword;
  }
  if (violation.keyword == "required") violation.detail = quoted_name(error.description);
  return violation;
}

// Runs valijson over a definition.
std::vector<Violation> violations_in(const valijson::Schema &schema, const nlohmann::json &document) {
  valijson::ValidationResults results;
  valijson::Validator validator;
  validator.validate(schema, NlohmannJsonAdapter(document), &results);
  std::vector<Violation> violations;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    if (auto violation = violation_in(error)) violations.push_back(*std::move(violation));
  }
  return violations;
}

}  // namespace

std::vector<Violation> violations_of(Kind kind, const nlohmann::json &document) {
  static const DefinitionSchema event(schema_of(Kind::event));
  static const DefinitionSchema metric(schema_of(Kind::metric));
  static const DefinitionSchema instrumentation(schema_of(Kind::instrumentation));
  const DefinitionSchema &compiled = kind == Kind::event ? event : kind == Kind::metric ? metric : instrumentation;
  return violations_in(compiled.schema, document);
}

}  // namespace internal_events::core
