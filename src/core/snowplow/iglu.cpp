#include "core/snowplow/iglu.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/characters.hpp"
#include "core/definitions/valijson_errors.hpp"
#include "core/json.hpp"
#include "core/snowplow/embedded_iglu_schemas.hpp"
#include "core/snowplow/pseudonym.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view snowplow = "com.snowplowanalytics.snowplow";

// Snowplow's pipeline takes JSON of this depth.
constexpr std::size_t deepest_data = 40;

// The last number of a version, 1-1-8, by which the versions of one revision follow each other.
int addition_of(const std::string &version) {
  return std::stoi(version.substr(version.rfind('-') + 1));
}

// An older version of a schema: without what came later, and with what was different then.
json older(json schema, int addition) {
  json &properties = schema.at("properties");
  for (auto property = properties.begin(); property != properties.end();) {
    if (property->contains("since") && addition_of(property->at("since")) > addition) {
      property = properties.erase(property);
      continue;
    }
    const json before = property->value("before", json::object());
    for (const auto &[version, definition] : before.items()) {
      if (addition_of(version) > addition) *property = definition;
    }
    ++property;
  }
  return schema;
}

// The schemas that are built in, by their addresses, in valijson's form.
class Registry {
 public:
  Registry() {
    for (const char *text : embedded::iglu_schemas) add(parse_json(text));
  }

  const valijson::Schema *find(const SchemaUri &uri) const {
    const auto found = schemas_.find(uri.text());
    return found == schemas_.end() ? nullptr : found->second.get();
  }

 private:
  void add(const json &schema) {
    const json &self = schema.at("self");
    const std::string newest = self.at("version");
    const int last = addition_of(newest);
    for (int addition = addition_of(schema.value("oldest", newest)); addition <= last; ++addition) {
      const std::string version = newest.substr(0, newest.rfind('-') + 1) + std::to_string(addition);
      auto compiled = std::make_unique<valijson::Schema>();
      const json derived = addition == last ? schema : older(schema, addition);
      valijson::SchemaParser(valijson::SchemaParser::kDraft4).populateSchema(NlohmannJsonAdapter(derived), *compiled);
      schemas_[SchemaUri{self.at("vendor"), self.at("name"), self.at("format"), version}.text()] = std::move(compiled);
    }
  }

  std::map<std::string, std::unique_ptr<valijson::Schema>> schemas_;
};

const Registry &registry() {
  static const Registry built_in;
  return built_in;
}

// Where and how data differ from a schema; nothing where they do not.
std::optional<std::string> fault_of(const valijson::Schema &schema, const json &data) {
  valijson::Validator validator;
  if (validator.validate(schema, NlohmannJsonAdapter(data), nullptr)) return std::nullopt;
  valijson::ValidationResults results;
  validator.validate(schema, NlohmannJsonAdapter(data), &results);
  for (const auto &error : results) {
    if (repeats_part(error.description)) continue;
    const JsonPointer place = pointer_to(error.context);
    return (place.empty() ? "" : place.to_string() + ": ") + error.description;
  }
  return "a key that its schema does not have";
}

// How deep brackets are nested in a JSON text.
std::size_t nesting_of(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_string && (c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

// What is wrong with one self-describing entity.
std::optional<std::string> entity_fault(const json &entity) {
  const std::optional<SchemaUri> uri = schema_uri(entity.at("schema").get<std::string>());
  if (!uri) return in_quotes(entity.at("schema").get<std::string>()) + " is no address of a schema";
  const auto fault = data_fault(*uri, entity.at("data"));
  return fault ? std::optional(uri->name + ": " + *fault) : std::nullopt;
}

// What is wrong with an envelope of the protocol, `name` in one of its versions 1-0-*, and with what is in it.
std::optional<std::string> envelope_fault(const std::string &name, const json &envelope) {
  if (!envelope.is_object() || envelope.size() != 2 || !envelope.contains("data") || !envelope.contains("schema") ||
      !envelope.at("schema").is_string()) {
    return "it has not exactly the keys schema and data";
  }
  const std::optional<SchemaUri> uri = schema_uri(envelope.at("schema").get<std::string>());
  const bool is_expected = uri && uri->vendor == snowplow && uri->name == name && uri->format == "jsonschema" &&
                           uri->version.starts_with("1-0-") && is_bundled(*uri);
  if (!is_expected) return "its schema is not " + name + " 1-0-*";
  const json &data = envelope.at("data");
  if (auto fault = data_fault(*uri, data)) return fault;
  if (data.is_object()) return entity_fault(data);
  for (const json &entity : data) {
    if (auto fault = entity_fault(entity)) return fault;
  }
  return std::nullopt;
}

// Whether a part of an address is made of the characters that it may have.
bool is_part(std::string_view part, std::string_view more) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || more.find(c) != std::string_view::npos;
  });
}

// Whether a text is three numbers, as 1-0-2.
bool is_version(std::string_view text) {
  int numbers = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++numbers) {
    const std::size_t end = std::min(text.find('-', begin), text.size());
    const std::string_view number = text.substr(begin, end - begin);
    if (number.empty() || number.size() > 9 || !std::all_of(number.begin(), number.end(), is_digit)) return false;
    begin = end + 1;
  }
  return numbers == 3;
}

}  // namespace

std::optional<SchemaUri> schema_uri(std::string_view text) {
  constexpr std::string_view scheme = "iglu:";
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  std::array<std::string, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t slash = text.find('/');
    if ((slash == std::string_view::npos) != (i == 3)) return std::nullopt;
    parts[i] = text.substr(0, slash);
    text.remove_prefix(std::min(parts[i].size() + 1, text.size()));
  }
  if (!is_part(parts[0], "-_.") || !is_part(parts[1], "-_") || !is_part(parts[2], "-_")) return std::nullopt;
  if (!is_version(parts[3])) return std::nullopt;
  return SchemaUri{parts[0], parts[1], parts[2], parts[3]};
}

bool is_bundled(const SchemaUri &uri) {
  return registry().find(uri) != nullptr;
}

std::optional<std::string> data_fault(const SchemaUri &uri, const json &data) {
  const valijson::Schema *schema = registry().find(uri);
  return schema == nullptr ? std::nullopt : fault_of(*schema, data);
}

std::optional<std::string> embedded_json_fault(std::string_view key, const std::string &value) {
  const bool is_contexts = key == "co" || key == "cx";
  if (!is_contexts && key != "ue_pr" && key != "ue_px") return std::nullopt;
  std::optional<std::string> text = value;
  if (key.back() == 'x') text = base64_decoded(value);
  if (!text) return "no base64";
  if (nesting_of(*text) > deepest_data) return "nested deeper than " + std::to_string(deepest_data) + " levels";
  const json envelope = parse_foreign_json(*text);
  if (envelope.is_discarded()) return "no JSON";
  return envelope_fault(is_contexts ? "contexts" : "unstruct_event", envelope);
}

}  // namespace internal_events::core
