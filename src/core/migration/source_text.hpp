// Reads just enough of an application's source to find a call and its arguments: strings, brackets and comments.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"

namespace internal_events::core {

// No place in a text.
constexpr std::size_t nowhere = std::string_view::npos;

enum class Language { ruby, haml, markup, vue, javascript, python };

// An argument of a call, or a member of a literal hash or object.
struct Argument {
  std::string key;    // of a named one, without quotes
  std::string value;  // as written; of {a} in JavaScript, a
  std::string text;   // all of it, as written
};

// What stands between two brackets.
struct Arguments {
  std::size_t end = 0;  // after the closing bracket
  std::vector<Argument> list;
};

class SourceText {
 public:
  SourceText(std::string_view text, Language language);

  std::string_view text() const { return text_; }
  Language language() const { return language_; }
  bool is_comment(std::size_t at) const;
  Position position(std::size_t at) const;

  // Where a word stands next that is not part of a longer one, nor in a comment.
  std::size_t find_word(std::string_view word, std::size_t from) const;

  // The arguments of a call whose name ends at `at`, in brackets or, in Ruby, without; none where they do not end.
  std::optional<Arguments> arguments_at(std::size_t at) const;

  // The members between the brackets around `at`; none where there are none near.
  std::optional<Arguments> members_around(std::size_t at) const;

 private:
  void find_comments();
  std::size_t comment_end(std::size_t at) const;
  std::size_t after_string(std::size_t at) const;
  std::size_t after_brackets(std::size_t open) const;
  std::size_t end_of_command(std::size_t at) const;
  std::vector<Argument> split(std::size_t begin, std::size_t end) const;
  Argument argument(std::string_view text) const;

  std::string_view text_;
  Language language_;
  std::vector<bool> comments_;
};

// The text of a string or symbol that is written out; none for anything that the program computes.
std::optional<std::string> literal_text(std::string_view value);

// The members of a literal {...}; none where a value is something else.
std::optional<std::vector<Argument>> literal_members(std::string_view value, Language language);

// A text on one line, without blanks at its ends, and with one blank where there were several.
std::string on_one_line(std::string_view text);

bool is_word_character(char c);

}  // namespace internal_events::core
