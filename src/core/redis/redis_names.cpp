#include "core/redis/redis_names.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/yaml/scalar.hpp"
#include "core/text.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {
namespace {

constexpr std::string_view counters = "{event_counters}_";
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
  return filter.dump();
}

}  // namespace

std::string identifier_named(std::string_view name) {
  const bool is_id = name == "user" || name == "project" || name == "namespace";
  return std::string(name) + (is_id ? ".id" : "");
}

std::optional<SelectionRule> rule_of_redis_key(std::string_view key, bool is_unique) {
  SelectionRule rule;
  if (is_unique) {
    const std::size_t dash = key.rfind('-');
    const std::size_t bracket = key.rfind(']');
    if (dash == std::string_view::npos || (bracket != std::string_view::npos && bracket > dash)) return std::nullopt;
    rule.unique = identifier_named(key.substr(dash + 1));
    key = key.substr(0, dash);
  } else {
    if (!key.starts_with(counters)) return std::nullopt;
    key = key.substr(counters.size());
  }
  const std::size_t filter = key.find(filter_begin);
  if (filter != std::string_view::npos) {
    if (!key.ends_with(']')) return std::nullopt;
    const std::size_t begin = filter + filter_begin.size();
    const auto read = filter_of(key.substr(begin, key.size() - begin - 1));
    if (!read) return std::nullopt;
    rule.filter = *read;
  }
  rule.event = key.substr(0, filter);
  return rule.event.empty() || (is_unique && rule.unique.empty()) ? std::nullopt : std::optional(rule);
}

std::map<std::string, SelectionRule> read_overrides(std::string_view yaml, bool is_unique, Problems &problems) {
  std::map<std::string, SelectionRule> rules;
  const std::optional<YamlNode> root = read_yaml(yaml, problems);
  if (!root) return rules;
  for (const YamlNode &member : root->children) {
    const std::optional<SelectionRule> rule = rule_of_redis_key(member.key, is_unique);
    if (rule && !member.text.empty()) {
      const auto [known, is_new] = rules.emplace(member.text, *rule);
      if (is_new || known->second.canonical() == rule->canonical()) continue;
      problems.push_back({Severity::error, member.position, "",
                          in_quotes(member.text) + " is the old name of " + known->second.event + " and of " +
                              rule->event + ", so nobody can tell what a metric means by it; keep one"});
    } else {
      const char *expected =
          is_unique ? "'event-filter:[label:x]-user': old_name" : "'{event_counters}_event-filter:[label:x]': OLD_KEY";
      problems.push_back({Severity::error, member.position, "",
                          in_quotes(member.key) + " is not the key of an override; it looks like " + expected});
    }
  }
  return rules;
}

std::string redis_key_of_total(std::string_view prefix, std::string_view event, bool has_usage_prefix) {
  std::string key = has_usage_prefix ? "USAGE_" : "";
  if (!prefix.empty()) key += std::string(prefix) + '_';
  key += event;
  std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return key;
}

}  // namespace internal_events::core
