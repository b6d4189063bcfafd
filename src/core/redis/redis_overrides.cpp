#include "core/redis/redis_overrides.hpp"

#include <algorithm>
#include <utility>

#include "core/characters.hpp"
#include "core/redis/redis_names.hpp"
#include "core/text.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {
namespace {

// A key in its parts; the week includes the hyphen before it, and may be empty.
struct Parts {
  std::string_view prefix;
  std::string_view name;
  std::string_view week;
};

// The length of "-2024-05" at the end of a key, or 0.
std::size_t week_size(std::string_view key) {
  constexpr std::string_view form = "-0000-00";
  if (key.size() < form.size()) return 0;
  const std::string_view end = key.substr(key.size() - form.size());
  const bool is_week = std::equal(end.begin(), end.end(), form.begin(),
                                  [](char c, char expected) { return expected == '-' ? c == '-' : is_digit(c); });
  return is_week ? form.size() : 0;
}

std::optional<Parts> parts_of(std::string_view key) {
  for (const std::string_view prefix : {redis_hll_prefix, redis_counter_prefix}) {
    if (!key.starts_with(prefix)) continue;
    const std::string_view rest = key.substr(prefix.size());
    const std::size_t size = rest.size() - week_size(rest);
    return Parts{prefix, rest.substr(0, size), rest.substr(size)};
  }
  return std::nullopt;
}

// Whether a canonical name may stand behind a prefix: without an identifier it ends in a filter, and events are
// counted.
bool suits(std::string_view prefix, std::string_view name) {
  return (prefix == redis_counter_prefix) == name.ends_with(']');
}

// The rule of a new name in a file of sketches: totals with a filter are listed there too, without an identifier.
std::optional<SelectionRule> rule_of_sketch(std::string_view name) {
  return rule_of_redis_name(name, !suits(redis_counter_prefix, name));
}

std::optional<SelectionRule> rule_of_counter(std::string_view key) {
  if (!key.starts_with(redis_counter_prefix)) return std::nullopt;
  return rule_of_redis_name(key.substr(redis_counter_prefix.size()), false);
}

}  // namespace

Problems RedisOverrides::read(std::string_view yaml, Form form, Names &names) {
  Problems problems;
  const std::optional<YamlNode> file = read_yaml(yaml, problems);
  if (!file) return problems;
  for (const YamlNode &member : file->children) {
    const std::optional<SelectionRule> rule =
        form == Form::sketches ? rule_of_sketch(member.key) : rule_of_counter(member.key);
    const bool is_text = member.type == YamlNode::Type::plain || member.type == YamlNode::Type::quoted;
    if (rule && is_text && !member.text.empty()) {
      if (const std::string doubt = names.add({member.key, *rule}, member.text); !doubt.empty()) {
        problems.push_back({Severity::warning, member.position, member.key, doubt});
      }
      continue;
    }
    const std::string expected =
        form == Form::sketches ? "event-filter:[label:x]-user" : "{event_counters}_event-filter:[label:x]";
    problems.push_back({Severity::error, member.position, member.key,
                        rule ? "must have the old name, a text" : "is no new name; it looks like " + expected});
  }
  return problems;
}

std::string RedisOverrides::Names::add(NewName added, const std::string &old_name) {
  std::vector<NewName> &known = new_by_old[old_name];
  const auto other = std::find_if(known.begin(), known.end(), [&](const NewName &each) {
    return each.rule.unique.empty() == added.rule.unique.empty() && each.rule.canonical() != added.rule.canonical();
  });
  std::string doubt = other == known.end() ? ""
                                           : "has the old name " + in_quotes(old_name) + " of " + other->name +
                                                 " too, so nobody can tell what a metric means by it; keep one";
  if (old_name != added.name) old_by_new[added.name] = old_name;
  known.push_back(std::move(added));
  return doubt;
}

Problems RedisOverrides::read_hll(std::string_view yaml) {
  return read(yaml, Form::sketches, hll_);
}

Problems RedisOverrides::read_counters(std::string_view yaml) {
  return read(yaml, Form::counters, counters_);
}

std::vector<std::string> RedisOverrides::canonical(const std::string &key) const {
  std::vector<std::string> keys;
  if (const auto found = counters_.new_by_old.find(key); found != counters_.new_by_old.end()) {
    for (const NewName &each : found->second) keys.push_back(each.name);
    return keys;
  }
  const std::optional<Parts> parts = parts_of(key);
  if (!parts) return {key};
  if (const auto found = hll_.new_by_old.find(parts->name); found != hll_.new_by_old.end()) {
    for (const NewName &each : found->second) {
      if (!suits(parts->prefix, each.name)) continue;
      keys.push_back(std::string(parts->prefix) + each.name + std::string(parts->week));
    }
  }
  return keys.empty() ? std::vector{key} : keys;
}

std::optional<std::string> RedisOverrides::used_instead_of(const std::string &key) const {
  if (const auto found = counters_.old_by_new.find(key); found != counters_.old_by_new.end()) return found->second;
  const std::optional<Parts> parts = parts_of(key);
  if (!parts || !suits(parts->prefix, parts->name)) return std::nullopt;
  const auto found = hll_.old_by_new.find(parts->name);
  if (found == hll_.old_by_new.end()) return std::nullopt;
  return std::string(parts->prefix) + found->second + std::string(parts->week);
}

std::vector<std::string> RedisOverrides::counter_names() const {
  std::vector<std::string> names;
  for (const auto &[old_name, new_names] : counters_.new_by_old) names.push_back(old_name);
  return names;
}

std::optional<SelectionRule> RedisOverrides::rule_of_unique(const std::string &old_name) const {
  return rule_in(hll_, old_name, true);
}

std::optional<SelectionRule> RedisOverrides::rule_of_total(const std::string &old_key) const {
  return rule_in(counters_, old_key, false);
}

std::optional<SelectionRule> RedisOverrides::rule_in(const Names &names, const std::string &old_name, bool is_unique) {
  const auto found = names.new_by_old.find(old_name);
  if (found == names.new_by_old.end()) return std::nullopt;
  for (const NewName &each : found->second) {
    if (each.rule.unique.empty() != is_unique) return each.rule;
  }
  return std::nullopt;
}

}  // namespace internal_events::core
