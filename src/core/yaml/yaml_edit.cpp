#include "core/yaml/yaml_edit.hpp"

#include <algorithm>

#include "core/json.hpp"

namespace internal_events::core {
namespace {

constexpr std::string_view blanks = " \t\r";

// Where a line begins; the end of the text where there is no such line.
std::size_t begin_of_line(std::string_view text, int line) {
  std::size_t at = 0;
  for (int passed = 1; passed < line; ++passed) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  return at;
}

// Where the line after the one at `begin` begins.
std::size_t next_line(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find('\n', begin);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// Whether a line says nothing to YAML: it is blank, a comment, or the end of the document.
bool is_silent(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || line[first] == '#' || line.starts_with("...") || line.starts_with("---");
}

// Where a comment begins in a line; quotes hide the sign where they begin a value.
std::size_t comment_in(std::string_view line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char before = i == 0 ? ' ' : line[i - 1];
    if (quote != '\0') {
      if (quote == '"' && line[i] == '\\') {
        ++i;
      } else if (line[i] == quote) {
        quote = '\0';
      }
    } else if ((line[i] == '"' || line[i] == '\'') &&
               std::string_view(" \t[{,:").find(before) != std::string_view::npos) {
      quote = line[i];
    } else if (line[i] == '#' && (before == ' ' || before == '\t')) {
      return i;
    }
  }
  return std::string_view::npos;
}

// The line that the first member after another one begins in; past every line where that is the last.
int line_of_next(const YamlNode &root, const YamlNode &member) {
  int next = 0;
  for (const YamlNode &other : root.children) {
    if (other.position.line > member.position.line && (next == 0 || other.position.line < next))
      next = other.position.line;
  }
  return next;
}

}  // namespace

const YamlNode *member_of(const YamlNode &mapping, std::string_view key) {
  const auto found = std::find_if(mapping.children.begin(), mapping.children.end(),
                                  [&](const YamlNode &member) { return member.key == key; });
  return found == mapping.children.end() ? nullptr : &*found;
}

std::optional<MemberLines> lines_of_member(std::string_view text, const YamlNode &root, const YamlNode &member) {
  MemberLines lines;
  lines.first_line = member.position.line;
  lines.begin = begin_of_line(text, lines.first_line);
  const std::size_t key = text.find_first_not_of(blanks, lines.begin);
  if (key == std::string_view::npos || key - lines.begin + 1 != static_cast<std::size_t>(member.position.column)) {
    return std::nullopt;
  }
  if (text[key] == '{' || text[key] == '?') return std::nullopt;
  lines.indent = text.substr(lines.begin, key - lines.begin);
  const int next = line_of_next(root, member);
  const std::size_t limit = next == 0 ? text.size() : begin_of_line(text, next);
  lines.end = next_line(text, lines.begin);
  lines.line_end = text.substr(lines.begin, lines.end - lines.begin).ends_with("\r\n") ? "\r\n" : "\n";
  for (std::size_t line = lines.end; line < limit;) {
    const std::size_t end = std::min(next_line(text, line), limit);
    if (!is_silent(text.substr(line, end - line))) lines.end = end;
    line = end;
  }
  return lines;
}

std::vector<YamlComment> comments_in(std::string_view text, const MemberLines &lines) {
  std::vector<YamlComment> comments;
  int number = lines.first_line;
  for (std::size_t begin = lines.begin; begin < lines.end; ++number) {
    const std::size_t end = next_line(text, begin);
    std::string_view line = text.substr(begin, end - begin);
    line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
    if (const std::size_t at = comment_in(line); at != std::string_view::npos) {
      comments.push_back({number, line.find_first_not_of(" \t") == at, std::string(line.substr(at))});
    }
    begin = end;
  }
  return comments;
}

std::size_t value_of_member(std::string_view text, const MemberLines &lines) {
  const std::size_t key = lines.begin + lines.indent.size();
  const std::size_t after_key = text[key] == '"' || text[key] == '\'' ? text.find(text[key], key + 1) : key;
  std::size_t at = std::min(text.find(':', after_key), text.size() - 1) + 1;
  while (at < lines.end) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), lines.end);
    if (at == lines.end || text[at] != '#') break;
    at = next_line(text, at);
  }
  return at;
}

}  // namespace internal_events::core
