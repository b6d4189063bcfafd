// Kinds of ASCII characters, whatever the locale.
#pragma once

#include <string_view>

namespace internal_events::core {

// Whether a byte is a decimal digit.
constexpr bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

// Whether a byte is a lowercase letter.
constexpr bool is_lowercase(char byte) {
  return byte >= 'a' && byte <= 'z';
}

// Whether a byte is a letter.
constexpr bool is_letter(char byte) {
  return is_lowercase(byte) || (byte >= 'A' && byte <= 'Z');
}

// A text without the blanks and line ends around it.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace internal_events::core
