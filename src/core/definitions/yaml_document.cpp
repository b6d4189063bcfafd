#include "core/definitions/yaml_document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/definitions/schema.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {
namespace {

// Gives a plain scalar its value, unless that has a type the schema has no use for while text is what it wants.
nlohmann::json typed_scalar(const std::string &text, const nlohmann::json *schema) {
  nlohmann::json value = plain_value(text);
  if (value.is_string() || schema == nullptr) return value;
  return !allows_type(*schema, value) && allows_type(*schema, text) ? nlohmann::json(text) : value;
}

// Cuts a text just past the length that its schema allows: enough to be refused, and short enough for std::regex,
// which uses the stack for every character.
std::string cut_past_limit(const std::string &text, const nlohmann::json *schema) {
  const auto limit = schema == nullptr ? std::nullopt : longest_text(*schema);
  return limit ? std::string(first_characters(text, *limit + 1)) : text;
}

// Turns the tree of a file into JSON, with the schema as its guide.
class Converter {
 public:
  explicit Converter(std::map<std::string, Position> &positions) : positions_(positions) {}

  nlohmann::json convert(const YamlNode &node, const nlohmann::json *schema, const JsonPointer &place) {
    if (!place.empty()) positions_.emplace(place.to_string(), node.position);
    switch (node.type) {
      case YamlNode::Type::null:
        return nullptr;
      case YamlNode::Type::plain:
        return typed_scalar(cut_past_limit(node.text, schema), schema);
      case YamlNode::Type::quoted:
        return cut_past_limit(node.text, schema);
      case YamlNode::Type::sequence:
        return convert_sequence(node, schema, place);
      case YamlNode::Type::mapping:
        return convert_mapping(node, schema, place);
    }
    return nullptr;
  }

 private:
  nlohmann::json convert_sequence(const YamlNode &node, const nlohmann::json *schema, const JsonPointer &place) {
    nlohmann::json array = nlohmann::json::array();
    const nlohmann::json *item_schema = schema == nullptr ? nullptr : schema_of_items(*schema);
    for (const YamlNode &item : node.children) array.push_back(convert(item, item_schema, place / array.size()));
    return array;
  }

  nlohmann::json convert_mapping(const YamlNode &node, const nlohmann::json *schema, const JsonPointer &place) {
    nlohmann::json object = nlohmann::json::object();
    for (const YamlNode &member : node.children) {
      const nlohmann::json *member_schema = schema == nullptr ? nullptr : schema_of_member(*schema, member.key);
      object[member.key] = convert(member, member_schema, place / member.key);
    }
    return object;
  }

  std::map<std::string, Position> &positions_;
};

// The keys and indexes that lead to a place.
std::vector<std::string> steps_to(JsonPointer place) {
  std::vector<std::string> steps;
  for (; !place.empty(); place.pop_back()) steps.push_back(place.back());
  std::reverse(steps.begin(), steps.end());
  return steps;
}

}  // namespace

Position Document::position_of(JsonPointer place) const {
  for (; !place.empty(); place.pop_back()) {
    const auto found = positions.find(place.to_string());
    if (found != positions.end()) return found->second;
  }
  return {};
}

std::string Document::key_of(const JsonPointer &place) const {
  std::string key;
  JsonPointer walked;
  for (const std::string &step : steps_to(place)) {
    const bool in_list = json.contains(walked) && json.at(walked).is_array();
    key += in_list ? "[" + step + "]" : (key.empty() ? "" : ".") + step;
    walked /= step;
  }
  return key;
}

std::optional<Document> read_document(std::string_view yaml, const nlohmann::json &schema, Problems &problems) {
  const std::optional<YamlNode> tree = read_yaml(yaml, problems);
  if (!tree) return std::nullopt;
  Document document;
  document.json = Converter(document.positions).convert(*tree, &schema, JsonPointer());
  return document;
}

}  // namespace internal_events::core
