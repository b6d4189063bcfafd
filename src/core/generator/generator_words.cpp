// The words of the generator: descriptions, filters on the command line, names that resemble each other.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/generator/generator.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

using Json = nlohmann::ordered_json;

// Words as English lists them: "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string> &words, const std::string &last = " and ") {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? last : ", ") + words[i];
  }
  return text;
}

// What is counted once, in the plural: "users", "values of label".
std::string plural(const std::string &unique) {
  const bool is_identifier = unique.ends_with(".id");
  return is_identifier ? unique.substr(0, unique.size() - 3) + "s" : "values of " + unique;
}

// A rule in words: "issue_closed where label is done and value is 3".
std::string words_of(const Json &rule) {
  std::vector<std::string> conditions;
  const Json filter = rule.value("filter", Json::object());
  for (const auto &[property, value] : filter.items()) {
    conditions.push_back(property + " is " + bare_text(value));
  }
  return rule.at("name").get<std::string>() + (conditions.empty() ? "" : " where " + listed(conditions));
}

std::string counted(const MetricRequest &request) {
  if (!request.operation.empty()) return "sum of value from ";
  return request.unique.empty() ? "count of " : "count of unique " + plural(request.unique) + " from ";
}

// Cuts a text at commas that are not in double quotes.
std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> parts;
  bool is_quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') is_quoted = !is_quoted;
    if (text[at] != ',' || is_quoted) continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// The value that a property is compared with.
Json filter_value(const std::string &property, std::string_view written) {
  if (written.size() >= 2 && written.front() == '"' && written.back() == '"') {
    return std::string(written.substr(1, written.size() - 2));
  }
  if (property == "label" || property == "property") return std::string(written);
  const nlohmann::json value = plain_value(written);
  return value.is_number() ? Json(value) : Json(std::string(written));
}

std::set<std::string> words_of_name(const std::string &name) {
  std::set<std::string> words;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('_', begin), name.size());
    words.insert(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

// How much two names have in common: 2 and more where one may be a misspelling of the other, else the share of words.
double similarity(const std::string &wanted, const std::string &known) {
  NearestWord nearest(wanted);
  nearest.consider(known);
  const std::set<std::string> ours = words_of_name(wanted);
  const std::set<std::string> theirs = words_of_name(known);
  const auto shared = std::count_if(ours.begin(), ours.end(), [&](const auto &word) { return theirs.contains(word); });
  const double share = static_cast<double>(shared) / static_cast<double>(std::max(ours.size(), theirs.size()));
  return nearest.suggestion().empty() ? share : 2 + share;
}

}  // namespace

std::string composed_description(const MetricRequest &request, const std::string &time_frame) {
  std::vector<std::string> rules;
  for (const Json &rule : selection_rules(request)) rules.push_back(words_of(rule));
  // "and" would read as a further condition.
  std::string text = counted(request) + listed(rules, request.filters.empty() ? " and " : ", and ");
  if (time_frame == "7d") return "Weekly " + text;
  if (time_frame == "28d") return "Monthly " + text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::optional<Filter> parse_filter(std::string_view text) {
  Filter filter;
  const std::size_t equals = std::min(text.find('='), text.size());
  if (const std::size_t colon = text.substr(0, equals).rfind(':'); colon != std::string_view::npos) {
    filter.event = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    if (filter.event.empty()) return std::nullopt;
  }
  for (const std::string_view part : split_words(text)) {
    const std::size_t end = part.find('=');
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    const std::string property(part.substr(0, end));
    if (filter.values.contains(property)) return std::nullopt;
    filter.values[property] = filter_value(property, part.substr(end + 1));
  }
  return filter;
}

std::vector<std::string> similar_names(const std::string &wanted, const std::vector<std::string> &known) {
  constexpr double least = 0.3;
  std::vector<std::pair<double, std::string>> ranked;
  for (const std::string &name : known) {
    if (const double found = similarity(wanted, name); found >= least) ranked.emplace_back(-found, name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> names;
  names.reserve(ranked.size());
  for (auto &[rank, name] : ranked) names.push_back(std::move(name));
  return names;
}

}  // namespace internal_events::core
