#include "core/yaml_text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "core/scalar.hpp"

namespace internal_events::core {
namespace {

constexpr std::array<std::string_view, 26> usual_order{"key_path",
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

// The members of an object, those with a usual place first.
std::vector<nlohmann::json::const_iterator> members_in_order(const nlohmann::json &object) {
  std::vector<nlohmann::json::const_iterator> members;
  for (auto member = object.begin(); member != object.end(); ++member) members.push_back(member);
  std::stable_sort(members.begin(), members.end(), [](const auto &a, const auto &b) {
    return std::find(usual_order.begin(), usual_order.end(), a.key()) <
           std::find(usual_order.begin(), usual_order.end(), b.key());
  });
  return members;
}

void emit(YAML::Emitter &out, const nlohmann::json &value);

void emit_text(YAML::Emitter &out, const std::string &text) {
  // A milestone such as 1.10 is no number.
  if (!plain_value(text).is_string()) out << YAML::DoubleQuoted;
  out << text;
}

void emit_list(YAML::Emitter &out, const nlohmann::json &list) {
  if (list.empty()) out << YAML::Flow;
  out << YAML::BeginSeq;
  for (const nlohmann::json &item : list) emit(out, item);
  out << YAML::EndSeq;
}

void emit_object(YAML::Emitter &out, const nlohmann::json &object) {
  if (object.empty()) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const auto &member : members_in_order(object)) {
    out << YAML::Key;
    emit_text(out, member.key());
    out << YAML::Value;
    emit(out, member.value());
  }
  out << YAML::EndMap;
}

void emit(YAML::Emitter &out, const nlohmann::json &value) {
  if (value.is_object()) return emit_object(out, value);
  if (value.is_array()) return emit_list(out, value);
  if (value.is_string()) return emit_text(out, value.get<std::string>());
  if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << value.dump();
  }
}

}  // namespace

std::string yaml_text(const nlohmann::json &definition) {
  YAML::Emitter out;
  out.SetNullFormat(YAML::LowerNull);
  emit(out, definition);
  return std::string(out.c_str()) + "\n";
}

}  // namespace internal_events::core
