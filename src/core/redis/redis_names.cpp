#include "core/redis/redis_names.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

constexpr std::string_view filter_begin = "-filter:[";

// Reads label:x,property:y as the canonical text of a filter; none where a pair lacks its colon.
std::optional<std::string> filter_of(std::string_view text) {
  nlohmann::json filter = nlohmann::json::object();
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    const std::size_t colon = pair.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    const std::string name(pair.substr(0, colon));
    const std::string_view value = pair.substr(colon + 1);
    filter[name] = name == "value" ? canonical_value(plain_value(value)) : nlohmann::json(value);
    text = pair.size() < text.size() ? text.substr(pair.size() + 1) : "";
  }
  return json_text(filter);
}

}  // namespace

std::string identifier_named(std::string_view name) {
  const bool is_id = name == "user" || name == "project" || name == "namespace";
  return std::string(name) + (is_id ? ".id" : "");
}

std::optional<SelectionRule> rule_of_redis_name(std::string_view name, bool has_identifier) {
  SelectionRule rule;
  if (has_identifier) {
    const std::size_t dash = name.rfind('-');
    const std::size_t bracket = name.rfind(']');
    if (dash == std::string_view::npos || (bracket != std::string_view::npos && bracket > dash)) return std::nullopt;
    rule.unique = identifier_named(name.substr(dash + 1));
    name = name.substr(0, dash);
  }
  const std::size_t filter = name.find(filter_begin);
  rule.filter = "{}";
  if (filter != std::string_view::npos) {
    if (!name.ends_with(']')) return std::nullopt;
    const std::size_t begin = filter + filter_begin.size();
    const auto read = filter_of(name.substr(begin, name.size() - begin - 1));
    if (!read) return std::nullopt;
    rule.filter = *read;
  }
  rule.event = name.substr(0, filter);
  return rule.event.empty() || (has_identifier && rule.unique.empty()) ? std::nullopt : std::optional(rule);
}

std::string redis_key_of_total(std::string_view prefix, std::string_view event, bool has_usage_prefix) {
  std::string key = has_usage_prefix ? "USAGE_" : "";
  if (!prefix.empty()) key += std::string(prefix) + '_';
  key += event;
  std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return key;
}

}  // namespace internal_events::core
