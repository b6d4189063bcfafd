#include "core/migration/source_text.hpp"

#include <algorithm>

#include "core/characters.hpp"

namespace internal_events::core {
namespace {

constexpr std::size_t farthest_bracket = 4000;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_opening(char c) {
  return c == '(' || c == '[' || c == '{';
}

bool is_closing(char c) {
  return c == ')' || c == ']' || c == '}';
}

// Where the first byte of a line stands that is not a blank.
bool begins_line(std::string_view text, std::size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || text[at - 1] == '\n';
}

// The end of what begins with one text and ends with another.
std::size_t after(std::string_view text, std::size_t at, std::string_view closing) {
  const std::size_t found = text.find(closing, at);
  return found == nowhere ? text.size() : found + closing.size();
}

}  // namespace

bool is_word_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

SourceText::SourceText(std::string_view text, Language language) : text_(text), language_(language) {
  find_comments();
}

bool SourceText::is_comment(std::size_t at) const {
  return comments_[at];
}

Position SourceText::position(std::size_t at) const {
  const std::string_view before = text_.substr(0, at);
  const std::size_t line_begin = before.rfind('\n') + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, static_cast<int>(at - line_begin) + 1};
}

// Where the comment ends that begins at a byte; the byte itself where none does.
std::size_t SourceText::comment_end(std::size_t at) const {
  const std::string_view rest = text_.substr(at);
  const bool has_space = at == 0 || is_blank(text_[at - 1]) || text_[at - 1] == ';';
  const bool is_script = language_ == Language::javascript || language_ == Language::vue;
  if (is_script && rest.starts_with("//") && (has_space || is_closing(text_[at - 1]) || text_[at - 1] == ',')) {
    return after(text_, at, "\n");
  }
  if (is_script && rest.starts_with("/*")) return after(text_, at, "*/");
  if ((language_ == Language::markup || language_ == Language::vue) && rest.starts_with("<!--")) {
    return after(text_, at, "-->");
  }
  if (language_ == Language::markup && rest.starts_with("<%#")) return after(text_, at, "%>");
  if (language_ == Language::haml && rest.starts_with("-#") && begins_line(text_, at)) return after(text_, at, "\n");
  const bool has_hash = language_ == Language::ruby || language_ == Language::python;
  return has_hash && rest.front() == '#' && has_space ? after(text_, at, "\n") : at;
}

void SourceText::find_comments() {
  comments_.assign(text_.size() + 1, false);
  for (std::size_t at = 0; at < text_.size();) {
    const std::size_t end = comment_end(at);
    if (end > at) {
      std::fill(comments_.begin() + static_cast<std::ptrdiff_t>(at),
                comments_.begin() + static_cast<std::ptrdiff_t>(end), true);
      at = end;
    } else {
      at = std::max(after_string(at), at + 1);
    }
  }
}

// Where a string ends that begins at a byte; the byte itself where none begins, or none ends in its line.
std::size_t SourceText::after_string(std::size_t at) const {
  const char quote = text_[at];
  const bool is_template = quote == '`' && (language_ == Language::javascript || language_ == Language::vue);
  if (quote != '"' && quote != '\'' && !is_template) return at;
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      return i + 1;
    } else if (text_[i] == '\n' && !is_template) {
      return at;
    }
  }
  return at;
}

std::size_t SourceText::find_word(std::string_view word, std::size_t from) const {
  for (std::size_t at = text_.find(word, from); at != nowhere; at = text_.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool is_whole =
        (at == 0 || !is_word_character(text_[at - 1])) && (end == text_.size() || !is_word_character(text_[end]));
    if (is_whole && !comments_[at]) return at;
  }
  return nowhere;
}

// The byte after the bracket that closes the one at `open`.
std::size_t SourceText::after_brackets(std::size_t open) const {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text_.size();) {
    if (comments_[at]) {
      ++at;
      continue;
    }
    if (const std::size_t end = after_string(at); end > at) {
      at = end;
      continue;
    }
    if (is_opening(text_[at])) ++depth;
    if (is_closing(text_[at]) && --depth == 0) return at + 1;
    ++at;
  }
  return nowhere;
}

// Where a call of Ruby without brackets ends: with its line, unless a comma or a bracket leads to the next one.
std::size_t SourceText::end_of_command(std::size_t at) const {
  char last = ' ';
  while (at < text_.size()) {
    const std::string_view rest = text_.substr(at);
    if (rest.front() == '\n' && last != ',') return at;
    if (rest.starts_with(" if ") || rest.starts_with(" unless ") || rest.starts_with(" %>")) return at;
    if (!is_blank(rest.front()) && !comments_[at]) last = rest.front();
    const std::size_t next = is_opening(rest.front()) ? after_brackets(at) : after_string(at);
    if (next == nowhere) return nowhere;
    at = std::max(next, at + 1);
  }
  return at;
}

std::optional<Arguments> SourceText::arguments_at(std::size_t at) const {
  if (at < text_.size() && text_[at] == '(') {
    const std::size_t end = after_brackets(at);
    if (end == nowhere) return std::nullopt;
    return Arguments{end, split(at + 1, end - 1)};
  }
  const bool is_ruby = language_ == Language::ruby || language_ == Language::haml || language_ == Language::markup;
  if (!is_ruby || at >= text_.size() || text_[at] != ' ') return std::nullopt;
  const std::size_t end = end_of_command(at);
  if (end == nowhere) return std::nullopt;
  return Arguments{end, split(at, end)};
}

std::optional<Arguments> SourceText::members_around(std::size_t at) const {
  std::size_t depth = 0;
  for (std::size_t open = at; open-- > 0 && at - open < farthest_bracket;) {
    if (comments_[open]) continue;
    if (is_closing(text_[open])) ++depth;
    if (!is_opening(text_[open]) || (depth > 0 && depth-- > 0)) continue;
    const std::size_t end = after_brackets(open);
    if (end == nowhere || end < at) return std::nullopt;
    return Arguments{end, split(open + 1, end - 1)};
  }
  return std::nullopt;
}

std::vector<Argument> SourceText::split(std::size_t begin, std::size_t end) const {
  std::vector<Argument> list;
  std::string piece;
  const auto finish = [&] {
    if (!trimmed(piece).empty()) list.push_back(argument(trimmed(piece)));
    piece.clear();
  };
  for (std::size_t at = begin; at < end;) {
    if (comments_[at]) {
      ++at;
      continue;
    }
    if (text_[at] == ',') {
      finish();
      ++at;
      continue;
    }
    std::size_t next = is_opening(text_[at]) ? after_brackets(at) : after_string(at);
    next = std::min(next == nowhere ? end : std::max(next, at + 1), end);
    piece += text_.substr(at, next - at);
    at = next;
  }
  finish();
  return list;
}

// Tells the key of an argument from its value: key: value, 'key' => value, key=value, or in JavaScript a member alone.
Argument SourceText::argument(std::string_view text) const {
  Argument argument{"", std::string(text), std::string(text)};
  std::size_t end = 0;
  std::string_view key;
  if (text.front() == '"' || text.front() == '\'') {
    end = text.find(text.front(), 1);
    if (end == nowhere) return argument;
    key = text.substr(1, end - 1);
    ++end;
  } else {
    const std::size_t begin = text.front() == ':' ? 1 : 0;
    end = begin;
    while (end < text.size() && (is_word_character(text[end]) || (end > begin && text[end] == '-'))) ++end;
    key = text.substr(begin, end - begin);
  }
  std::size_t at = end;
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::string_view rest = text.substr(at);
  const bool has_colon = rest.starts_with(":") && !rest.starts_with("::") && text.front() != ':';
  const bool has_equals = language_ == Language::python && rest.starts_with("=") && !rest.starts_with("==");
  const std::size_t sign = rest.starts_with("=>") ? 2 : has_colon || has_equals ? 1 : 0;
  if (sign == 0 || key.empty()) return argument;
  argument.key = key;
  argument.value = trimmed(rest.substr(sign));
  // Ruby and JavaScript take the variable of that name where a value is left out.
  if (argument.value.empty()) argument.value = key;
  return argument;
}

std::optional<std::string> literal_text(std::string_view value) {
  value = trimmed(value);
  const bool is_symbol = value.size() > 1 && value.front() == ':';
  if (is_symbol) value.remove_prefix(1);
  if (value.size() >= 2 && std::string_view("'\"`").find(value.front()) != nowhere && value.back() == value.front()) {
    const char quote = value.front();
    value = value.substr(1, value.size() - 2);
    const bool is_computed = value.find(quote) != nowhere || value.find('\\') != nowhere ||
                             (quote == '"' && value.find("#{") != nowhere) ||
                             (quote == '`' && value.find("${") != nowhere);
    return is_computed ? std::nullopt : std::optional<std::string>(value);
  }
  if (is_symbol && std::all_of(value.begin(), value.end(), is_word_character)) return std::string(value);
  return std::nullopt;
}

std::optional<std::vector<Argument>> literal_members(std::string_view value, Language language) {
  value = trimmed(value);
  if (!value.starts_with('{') || !value.ends_with('}')) return std::nullopt;
  // arguments_at() reads what stands in brackets of any kind once they are round.
  const std::string call = "(" + std::string(value.substr(1, value.size() - 2)) + ")";
  std::optional<Arguments> members = SourceText(call, language).arguments_at(0);
  if (!members || members->end != call.size()) return std::nullopt;
  return std::move(members->list);
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : trimmed(text)) {
    if (!is_blank(c))
      line += c;
    else if (line.back() != ' ')
      line += ' ';
  }
  return line;
}

}  // namespace internal_events::core
