#include "core/redis/redis_overrides.hpp"

#include <algorithm>

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
  const bool is_week = std::equal(end.begin(), end.end(), form.begin(), [](char c, char expected) {
    return expected == '-' ? c == '-' : c >= '0' && c <= '9';
  });
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

}  // namespace

Problems RedisOverrides::read(std::string_view yaml, Names &names) {
  Problems problems;
  const std::optional<YamlNode> file = read_yaml(yaml, problems);
  if (!file) return problems;
  for (const YamlNode &member : file->children) {
    const bool is_text = member.type == YamlNode::Type::plain || member.type == YamlNode::Type::quoted;
    if (!is_text || member.text.empty()) {
      problems.push_back({.position = member.position, .key = member.key, .message = "must be the old name, a text"});
    } else if (member.text != member.key) {
      names.new_by_old[member.text].push_back(member.key);
      names.old_by_new[member.key] = member.text;
    }
  }
  return problems;
}

Problems RedisOverrides::read_hll(std::string_view yaml) {
  return read(yaml, hll_);
}

Problems RedisOverrides::read_counters(std::string_view yaml) {
  return read(yaml, counters_);
}

std::vector<std::string> RedisOverrides::canonical(const std::string &key) const {
  if (const auto found = counters_.new_by_old.find(key); found != counters_.new_by_old.end()) return found->second;
  const std::optional<Parts> parts = parts_of(key);
  if (!parts) return {key};
  std::vector<std::string> keys;
  if (const auto found = hll_.new_by_old.find(parts->name); found != hll_.new_by_old.end()) {
    for (const std::string &name : found->second) {
      if (suits(parts->prefix, name)) keys.push_back(std::string(parts->prefix) + name + std::string(parts->week));
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

}  // namespace internal_events::core
