#include "core/yaml_writer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "core/scalar.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> words_of_older_yaml = {"y", "n", "yes", "no", "on", "off"};

// A character that stands in double quotes by an escape only.
struct Escape {
  std::string_view character;
  std::string_view written;
};
constexpr std::array<Escape, 9> escapes = {{{"\"", "\\\""},
                                            {"\\", "\\\\"},
                                            {"\n", "\\n"},
                                            {"\r", "\\r"},
                                            {"\t", "\\t"},
                                            {"\u0085", "\\N"},
                                            {"\u2028", "\\L"},
                                            {"\u2029", "\\P"},
                                            {"\ufeff", "\\uFEFF"}}};
constexpr std::size_t harmless_in_single_quotes = 2;  // the first escapes: quote and backslash

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool needs_escapes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control) ||
         std::any_of(escapes.begin() + harmless_in_single_quotes, escapes.end(),
                     [&](const Escape &escape) { return text.find(escape.character) != std::string_view::npos; });
}

// 7d and 28d: the only texts that begin with a digit and stay without quotes, because readers of YAML differ in what
// else they take for a number, a time or a date.
bool is_time_frame(std::string_view text) {
  return text == "7d" || text == "28d";
}

bool is_plain(std::string_view text) {
  if (text.empty() || is_time_frame(text)) return !text.empty();
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isalpha(first) == 0 && first != '_' && first != '/' && first < 0x80) return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return plain_value(lower).is_string() && !contains(words_of_older_yaml, lower) && !needs_escapes(text) &&
         text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos && text.back() != ':' &&
         text.back() != ' ';
}

std::string in_single_quotes(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + '\'';
}

std::string in_double_quotes(std::string_view text) {
  constexpr const char *digits = "0123456789ABCDEF";
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto *escape = std::find_if(escapes.begin(), escapes.end(),
                                      [&](const Escape &known) { return text.starts_with(known.character); });
    if (escape != escapes.end()) {
      quoted += escape->written;
      text.remove_prefix(escape->character.size());
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    quoted += is_control(text.front()) ? std::string("\\x") + digits[byte / 16] + digits[byte % 16]
                                       : std::string(1, text.front());
    text.remove_prefix(1);
  }
  return quoted + '"';
}

std::string scalar(const Json &value) {
  if (value.is_null()) return "";
  return value.is_string() ? yaml_scalar(value.get_ref<const std::string &>()) : value.dump();
}

void write_members(std::string &out, const Json &mapping, std::size_t indent, bool is_first_indented);

// Writes what follows the colon after a key.
void write_value(std::string &out, const Json &value, std::size_t indent) {
  if (value.is_structured() && value.empty()) {
    out += value.is_array() ? " []\n" : " {}\n";
  } else if (value.is_object()) {
    out += '\n';
    write_members(out, value, indent + 2, true);
  } else if (value.is_array()) {
    out += '\n';
    for (const Json &item : value) {
      out += std::string(indent, ' ') + "- ";
      if (item.is_object()) {
        write_members(out, item, indent + 2, false);
      } else {
        out += scalar(item) + '\n';
      }
    }
  } else {
    out += (value.is_null() ? "" : " ") + scalar(value) + '\n';
  }
}

void write_members(std::string &out, const Json &mapping, std::size_t indent, bool is_first_indented) {
  bool is_indented = is_first_indented;
  for (const auto &[key, value] : mapping.items()) {
    out += std::string(is_indented ? indent : 0, ' ') + yaml_scalar(key) + ':';
    write_value(out, value, indent);
    is_indented = true;
  }
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  return needs_escapes(text) ? in_double_quotes(text) : in_single_quotes(text);
}

std::string to_yaml(const nlohmann::ordered_json &mapping) {
  std::string out = "---\n";
  write_members(out, mapping, 0, true);
  return out;
}

}  // namespace internal_events::core
