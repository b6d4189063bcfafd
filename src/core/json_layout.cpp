#include "core/json_layout.hpp"

namespace internal_events::core {
namespace {

// Where a string ends that begins at a place: behind its closing quote.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

std::string indented_json(std::string_view json) {
  constexpr std::size_t width = 2;
  std::string text;
  std::size_t depth = 0;
  const auto new_line = [&] { text += '\n' + std::string(depth * width, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (is_space(c)) continue;
    if (c == '"') {
      const std::size_t end = end_of_string(json, at);
      text += json.substr(at, end - at);
      at = end - 1;
    } else if (c == '{' || c == '[') {
      text += c;
      const std::size_t next = json.find_first_not_of(" \t\n\r", at + 1);
      const bool is_empty = next != std::string_view::npos && (json[next] == '}' || json[next] == ']');
      if (is_empty) {
        text += json[next];
        at = next;
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      depth -= depth > 0 ? 1 : 0;
      new_line();
      text += c;
    } else {
      text += c;
      if (c == ',') new_line();
      if (c == ':') text += ' ';
    }
  }
  return text;
}

}  // namespace internal_events::core
