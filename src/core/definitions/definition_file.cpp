#include "core/definitions/definition_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/definitions/schema.hpp"
#include "core/definitions/schema_validation.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

// What was found where something else was expected, in words.
std::string found_words(const nlohmann::json &value) {
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a mapping";
  if (value.is_null()) return "empty";
  return value.is_string() ? "the text " + in_quotes(value.get<std::string>()) : json_text(value);
}

// A listed value close to the one that was found.
std::string suggested_value(const nlohmann::json &value, const nlohmann::json &schema) {
  if (!value.is_string()) return "";
  NearestWord nearest(value.get_ref<const std::string &>());
  for (const nlohmann::json &known : member_of(schema, "enum")) {
    if (known.is_string()) nearest.consider(known.get_ref<const std::string &>());
  }
  return nearest.suggestion();
}

// The schema of a part of a document.
const nlohmann::json *schema_at(const nlohmann::json &root, const nlohmann::json &document, JsonPointer place) {
  if (place.empty()) return &root;
  const std::string step = place.back();
  place.pop_back();
  const nlohmann::json *parent = schema_at(root, document, place);
  if (parent == nullptr) return nullptr;
  return document.at(place).is_array() ? schema_of_items(*parent) : schema_of_member(*parent, step);
}

// Says what is wrong with a value, and what is allowed.
std::string explain(const Violation &violation, const nlohmann::json &value, const nlohmann::json &schema) {
  const std::string &keyword = violation.keyword;
  const auto limit = [&] { return json_text(member_of(schema, keyword)); };
  if (keyword == "type") return "must be " + allowed_by(schema) + ", not " + found_words(value);
  if (keyword == "enum") {
    return found_words(value) + " is not allowed; allowed is " + allowed_by(schema) + suggested_value(value, schema);
  }
  if (keyword == "pattern") return found_words(value) + " is not allowed; allowed: " + allowed_by(schema);
  if (keyword == "maxLength") return "is too long; at most " + limit() + " characters are allowed";
  if (keyword == "minLength") return "is empty; it must be " + allowed_by(schema);
  if (keyword == "maxItems") return "is too long; at most " + limit() + " items are allowed";
  if (keyword == "minItems") {
    return (value.empty() ? "is an empty list" : "is too short") + ("; it must be " + allowed_by(schema));
  }
  if (keyword == "minimum" || keyword == "maximum")
    return found_words(value) + " is not allowed; allowed is " + allowed_by(schema);
  return violation.detail;
}

// Keywords of which one makes the others beside the point.
int rank(const std::string &keyword) {
  if (keyword == "type") return 0;
  if (keyword == "enum" || keyword == "minLength") return 1;
  return keyword == "maxLength" ? 2 : 3;
}

// Keeps what says most of each place; missing keys, each of them a place of its own, are all kept.
std::vector<Violation> without_repetitions(std::vector<Violation> violations) {
  for (Violation &violation : violations) {
    if (violation.keyword == "required") violation.place /= violation.detail;
  }
  std::stable_sort(violations.begin(), violations.end(),
                   [](const Violation &a, const Violation &b) { return rank(a.keyword) < rank(b.keyword); });
  std::vector<Violation> kept;
  std::set<std::string> places;
  for (Violation &violation : violations) {
    if (places.insert(violation.place.to_string()).second) kept.push_back(std::move(violation));
  }
  return kept;
}

}  // namespace

DefinitionFile::DefinitionFile(std::string_view yaml, Kind kind, ParseOptions options) {
  const nlohmann::json &schema = schema_of(kind);
  document_ = read_document(yaml, schema, problems_);
  if (!document_) return;
  check_schema(kind);
  check_unknown_keys(json(), schema, JsonPointer(), options.strict ? Severity::error : Severity::warning);
}

std::string DefinitionFile::text(const std::string &key) const {
  return text_of(json(), key);
}

void DefinitionFile::report(Severity severity, const JsonPointer &place, std::string message) {
  problems_.push_back({severity, document_->position_of(place), document_->key_of(place), std::move(message)});
}

void DefinitionFile::unresolved(const JsonPointer &place, std::string message) {
  error(place, std::move(message));
  problems_.back().unresolved = true;
}

Problems DefinitionFile::take_problems() {
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const Problem &a, const Problem &b) { return a.position.line < b.position.line; });
  return std::move(problems_);
}

void DefinitionFile::check_schema(Kind kind) {
  const nlohmann::json &root = schema_of(kind);
  for (const Violation &violation : without_repetitions(violations_of(kind, json()))) {
    static const nlohmann::json anything = nlohmann::json::object();
    const nlohmann::json *found = schema_at(root, json(), violation.place);
    const nlohmann::json &schema = found == nullptr ? anything : *found;
    if (violation.keyword == "required") {
      error(violation.place, "is missing; it must be " + allowed_by(schema));
    } else {
      error(violation.place, explain(violation, json().at(violation.place), schema));
    }
  }
}

// valijson names one unknown key of a mapping only, and a newer GitLab's key is no reason to refuse a file; but where a
// mistyped key would give a wrong value, the schema says so.
void DefinitionFile::check_unknown_keys(const nlohmann::json &value, const nlohmann::json &schema,
                                        const JsonPointer &place, Severity severity) {
  if (member_of(schema, "x-refuse-unknown") == true) severity = Severity::error;
  const auto descend = [&](const nlohmann::json *part_schema, const nlohmann::json &part, const JsonPointer &at) {
    if (part_schema != nullptr) check_unknown_keys(part, *part_schema, at, severity);
  };
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) descend(schema_of_items(schema), value[i], place / i);
  }
  if (!value.is_object()) return;
  const bool closed = member_of(schema, "additionalProperties") == false;
  const nlohmann::json &known_keys = member_of(schema, "properties");
  for (const auto &[key, part] : value.items()) {
    if (!closed || known_keys.contains(key)) {
      descend(schema_of_member(schema, key), part, place / key);
      continue;
    }
    NearestWord nearest(key);
    for (const auto &known : known_keys.items()) nearest.consider(known.key());
    report(severity, place / key, "is not a key that any version of the format knows" + nearest.suggestion());
  }
}

}  // namespace internal_events::core
