#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace internal_events::core {

// Puts a text of unknown length into quotes for a message, cut where it would fill the screen.
std::string in_quotes(std::string_view text);

// Joins words for a message: "a, b, c".
template <typename Words>
std::string joined(const Words &words) {
  std::string text;
  for (const auto &word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

// Whether a word is among others.
template <typename Words>
bool contains(const Words &words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// The one of some known words that a misspelt one was probably meant to be.
class NearestWord {
 public:
  explicit NearestWord(std::string_view wanted);
  void consider(std::string_view known);
  // "; did you mean x?", or nothing where no known word is close.
  std::string suggestion() const;

 private:
  std::string_view wanted_;
  std::size_t best_distance_;
  std::string best_;
};

// Where the first byte stands that a definition's text may not hold: broken UTF-8 or a control character.
std::optional<std::size_t> first_unreadable_byte(std::string_view text);

// A text from elsewhere as a database can store it: what it may not hold, or what is no text, becomes "?".
std::string storable(std::string text, bool is_database_utf8);

// Cuts a text to at most so many characters, never through one.
std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace internal_events::core
