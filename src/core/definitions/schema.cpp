#include "core/definitions/schema.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/definitions/embedded_schemas.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

// JSON Schema's names of types, and what a reader of a message calls them.
constexpr std::array<std::pair<const char *, const char *>, 7> type_words{{
    {"string", "text"},
    {"number", "a number"},
    {"integer", "a whole number"},
    {"boolean", "true or false"},
    {"array", "a list"},
    {"object", "a mapping"},
    {"null", "empty"},
}};

// The names of the types that a schema allows.
std::vector<std::string> type_names(const nlohmann::json &schema) {
  const nlohmann::json &type = member_of(schema, "type");
  if (type.is_string()) return {type.get<std::string>()};
  if (type.is_array()) return type.get<std::vector<std::string>>();
  return {};
}

// The values that a schema lists, as text; null is not worth a word.
std::vector<std::string> listed_values(const nlohmann::json &schema) {
  std::vector<std::string> values;
  for (const nlohmann::json &value : member_of(schema, "enum")) {
    if (value.is_string()) values.push_back(value.get<std::string>());
  }
  return values;
}

// Reads a schema and puts that of the key `instrumentation` into it, where the file only refers to it.
nlohmann::json with_calculation(const char *text) {
  nlohmann::json schema = parse_json(text);
  schema.at("properties").at("instrumentation") = calculation_schema();
  return schema;
}

}  // namespace

const nlohmann::json &schema_of(Kind kind) {
  static const nlohmann::json event = parse_json(embedded::event_schema);
  static const nlohmann::json metric = with_calculation(embedded::metric_schema);
  static const nlohmann::json instrumentation = with_calculation(embedded::instrumentation_schema);
  switch (kind) {
    case Kind::event:
      return event;
    case Kind::metric:
      return metric;
    case Kind::instrumentation:
      return instrumentation;
  }
  return event;
}

const nlohmann::json &calculation_schema() {
  static const nlohmann::json schema = parse_json(embedded::calculation_schema);
  return schema;
}

const nlohmann::json *schema_of_member(const nlohmann::json &schema, const std::string &name) {
  const nlohmann::json &listed = member_of(member_of(schema, "properties"), name);
  if (listed.is_object()) return &listed;
  const nlohmann::json &others = member_of(schema, "additionalProperties");
  return others.is_object() ? &others : nullptr;
}

const nlohmann::json *schema_of_items(const nlohmann::json &schema) {
  const nlohmann::json &items = member_of(schema, "items");
  return items.is_object() ? &items : nullptr;
}

bool allows_type(const nlohmann::json &schema, const nlohmann::json &value) {
  const std::vector<std::string> names = type_names(schema);
  return names.empty() || contains(names, value.type_name()) ||
         (value.is_number_integer() && contains(names, "integer"));
}

std::optional<std::size_t> longest_text(const nlohmann::json &schema) {
  const nlohmann::json &limit = member_of(schema, "maxLength");
  return limit.is_number_unsigned() ? std::optional(limit.get<std::size_t>()) : std::nullopt;
}

std::string allowed_by(const nlohmann::json &schema) {
  if (const auto values = listed_values(schema); !values.empty()) return "one of: " + joined(values);
  if (const nlohmann::json &words = member_of(schema, "x-expects"); words.is_string()) {
    return words.get<std::string>();
  }
  std::string text;
  for (const std::string &name : type_names(schema)) {
    const auto word =
        std::find_if(type_words.begin(), type_words.end(), [&](auto &pair) { return pair.first == name; });
    text += (text.empty() ? "" : " or ") + std::string(word == type_words.end() ? name : word->second);
  }
  return text;
}

}  // namespace internal_events::core
