#include "cli/table.hpp"

#include <algorithm>
#include <cwchar>
#include <ostream>
#include <sstream>

#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

// A character of a text, and how many bytes and columns it has; bytes that are no character count as one column.
struct Character {
  std::size_t bytes;
  std::size_t columns;
};

Character character_at(const std::string &text, std::size_t at) {
  std::mbstate_t state{};
  wchar_t character = 0;
  const std::size_t bytes = std::mbrtowc(&character, text.data() + at, text.size() - at, &state);
  if (bytes == 0 || bytes > text.size() - at) return {1, 1};
  const int columns = wcwidth(character);
  return {bytes, columns < 0 ? 1 : static_cast<std::size_t>(columns)};
}

// Whether every cell of a column that says anything is a number.
bool is_numeric(const std::vector<std::vector<std::string>> &rows, std::size_t column) {
  const auto is_number = [&](const std::vector<std::string> &row) {
    return row[column].find_first_not_of("0123456789.,+-%") == std::string::npos;
  };
  return std::all_of(rows.begin(), rows.end(), is_number);
}

}  // namespace

std::size_t display_width(const std::string &text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    width += character.columns;
    at += character.bytes;
  }
  return width;
}

std::string cut_to_width(const std::string &text, std::size_t width) {
  if (display_width(text) <= width) return text;
  std::size_t taken = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Character character = character_at(text, at);
    if (taken + character.columns + 1 > width) break;
    taken += character.columns;
    at += character.bytes;
  }
  return text.substr(0, at) + "…";
}

std::vector<std::string> wrapped(const std::string &text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    if (lines.empty() || display_width(lines.back()) + 1 + display_width(word) > width) {
      lines.push_back(word);
    } else {
      lines.back() += ' ' + word;
    }
  }
  return lines;
}

void print_table(std::ostream &out, const std::vector<std::string> &heading,
                 const std::vector<std::vector<std::string>> &rows) {
  const Style style = style_of(Stream::output);
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (std::size_t c = 0; c < heading.size(); ++c) {
    std::size_t width = display_width(heading[c]);
    for (const std::vector<std::string> &row : rows) width = std::max(width, display_width(row[c]));
    widths.push_back(width);
    right.push_back(is_numeric(rows, c));
  }
  const auto print = [&](const std::vector<std::string> &row, bool is_heading) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string blanks(widths[c] - display_width(row[c]), ' ');
      const std::string text = is_heading ? style.bold(row[c]) : row[c];
      if (c > 0) out << "  ";
      out << (right[c] ? blanks + text : c + 1 < row.size() ? text + blanks : text);
    }
    out << '\n';
  };
  print(heading, true);
  for (const std::vector<std::string> &row : rows) print(row, false);
}

}  // namespace internal_events::cli
