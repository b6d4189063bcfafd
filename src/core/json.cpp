#include "core/json.hpp"

#include <nlohmann/json.hpp>

namespace internal_events::core {
namespace {

template <typename Json>
std::string printed(const Json &json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

template <typename Json>
std::string printed_bare(const Json &json) {
  return json.is_string() ? json.template get<std::string>() : printed(json, -1);
}

}  // namespace

template <typename Json>
Json parse_json(std::string_view text) {
  return Json::parse(text);
}
template nlohmann::json parse_json(std::string_view text);
template nlohmann::ordered_json parse_json(std::string_view text);

template <typename Json>
Json parse_foreign_json(std::string_view text) {
  return Json::parse(text, nullptr, false);
}
template nlohmann::json parse_foreign_json(std::string_view text);
template nlohmann::ordered_json parse_foreign_json(std::string_view text);

const nlohmann::json &member_of(const nlohmann::json &object, std::string_view name) {
  static const nlohmann::json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string text_of(const nlohmann::json &object, std::string_view name) {
  const nlohmann::json &found = member_of(object, name);
  return found.is_string() ? found.get<std::string>() : "";
}

nlohmann::json text_or_null(std::string_view text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

std::string json_text(const nlohmann::json &json, int indent) {
  return printed(json, indent);
}

std::string json_text(const nlohmann::ordered_json &json, int indent) {
  return printed(json, indent);
}

std::string bare_text(const nlohmann::json &json) {
  return printed_bare(json);
}

std::string bare_text(const nlohmann::ordered_json &json) {
  return printed_bare(json);
}

}  // namespace internal_events::core
