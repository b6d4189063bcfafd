#include "core/yaml/yaml_writer.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> words_of_older_yaml = {"y", "n", "yes", "no", "on", "off"};
constexpr std::array<std::string_view, 2> time_frames = {"7d", "28d"};

constexpr std::array<std::string_view, 26> usual_order = {"key_path",
                                                          "action",
                                                          "name",
                                                          "unique",
                                                          "filter",
                                                          "operator",
                                                          "category",
                                                          "description",
                                                          "internal_events",
                                                          "identifiers",
                                                          "additional_properties",
                                                          "product_group",
                                                          "product_categories",
                                                          "performance_indicator_type",
                                                          "value_type",
                                                          "status",
                                                          "milestone",
                                                          "milestone_removed",
                                                          "introduced_by_url",
                                                          "removed_by_url",
                                                          "time_frame",
                                                          "data_source",
                                                          "data_category",
                                                          "tiers",
                                                          "instrumentation_class",
                                                          "options"};

// Line ends of Unicode, and the mark of byte order: readers of YAML differ in what they do to them.
constexpr std::array<std::string_view, 4> unusual_breaks = {"\u0085", "\u2028", "\u2029", "\ufeff"};

bool has_unusual_break(std::string_view text) {
  return std::any_of(unusual_breaks.begin(), unusual_breaks.end(),
                     [&](std::string_view character) { return text.find(character) != std::string_view::npos; });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Whether every reader of YAML takes a text without quotes for that text, and not for a number, a date, a truth value
// or the syntax of YAML; stricter than yaml-cpp, whose choice does not always survive its own reader.
bool is_plain(std::string_view text) {
  if (contains(time_frames, text)) return true;
  if (text.empty()) return false;
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isalpha(first) == 0 && first != '_' && first != '/' && first < 0x80) return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return plain_value(lower).is_string() && !contains(words_of_older_yaml, lower) &&
         text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos && text.back() != ':' &&
         text.back() != ' ';
}

void emit_text(YAML::Emitter &out, const std::string &text) {
  if (has_unusual_break(text)) out << YAML::EscapeNonAscii;
  if (has_control(text) || has_unusual_break(text)) {
    out << YAML::DoubleQuoted;
  } else if (!is_plain(text)) {
    out << YAML::SingleQuoted;
  }
  out << text;
}

void emit(YAML::Emitter &out, const Json &value);

void emit_list(YAML::Emitter &out, const Json &list) {
  if (list.empty()) out << YAML::Flow;
  out << YAML::BeginSeq;
  for (const Json &item : list) emit(out, item);
  out << YAML::EndSeq;
}

void emit_mapping(YAML::Emitter &out, const Json &mapping) {
  if (mapping.empty()) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const auto &[key, value] : mapping.items()) {
    out << YAML::Key;
    emit_text(out, key);
    out << YAML::Value;
    emit(out, value);
  }
  out << YAML::EndMap;
}

void emit(YAML::Emitter &out, const Json &value) {
  if (value.is_object()) return emit_mapping(out, value);
  if (value.is_array()) return emit_list(out, value);
  if (value.is_string()) return emit_text(out, value.get<std::string>());
  if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << json_text(value);
  }
}

}  // namespace

std::string yaml_scalar(const std::string &text) {
  YAML::Emitter out;
  emit_text(out, text);
  return out.c_str();
}

std::string to_yaml(const nlohmann::ordered_json &mapping) {
  YAML::Emitter out;
  out.SetNullFormat(YAML::LowerNull);
  emit(out, mapping);
  return std::string("---\n") + out.c_str() + "\n";
}

nlohmann::ordered_json in_usual_order(const nlohmann::json &value) {
  Json ordered = value.is_object() ? Json::object() : value.is_array() ? Json::array() : Json(value);
  if (value.is_array()) {
    for (const nlohmann::json &item : value) ordered.push_back(in_usual_order(item));
  }
  if (!value.is_object()) return ordered;
  std::vector<nlohmann::json::const_iterator> members;
  for (auto member = value.begin(); member != value.end(); ++member) members.push_back(member);
  std::stable_sort(members.begin(), members.end(), [](const auto &a, const auto &b) {
    return std::find(usual_order.begin(), usual_order.end(), a.key()) <
           std::find(usual_order.begin(), usual_order.end(), b.key());
  });
  for (const auto &member : members) ordered[member.key()] = in_usual_order(member.value());
  return ordered;
}

}  // namespace internal_events::core
