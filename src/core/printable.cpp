#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/text.hpp"

namespace internal_events::core {
namespace {

// Characters that have no shape of their own: controls, and marks that hide or reorder what is around them.
constexpr std::array<std::array<char32_t, 2>, 9> shapeless{{{0x80, 0x9F},
                                                            {0xAD, 0xAD},
                                                            {0x61C, 0x61C},
                                                            {0x200B, 0x200F},
                                                            {0x2028, 0x202E},
                                                            {0x2060, 0x206F},
                                                            {0xFEFF, 0xFEFF},
                                                            {0xFFF9, 0xFFFB},
                                                            {0xE0000, 0xE0FFF}}};

std::string hexadecimal(char32_t number, int digits) {
  std::string text;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[(number >> shift) & 0xF];
  return text;
}

// Bytes that are no character, or a control character of ASCII.
std::string escaped_bytes(std::string_view bytes) {
  if (bytes == "\n") return "\\n";
  if (bytes == "\r") return "\\r";
  if (bytes == "\t") return "\\t";
  std::string text;
  for (const char byte : bytes) text += "\\x" + hexadecimal(static_cast<unsigned char>(byte), 2);
  return text;
}

// The number of a character of two to four bytes.
char32_t code_point(std::string_view character) {
  char32_t number = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
  for (const char byte : character.substr(1)) number = number << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  return number;
}

bool has_shape(char32_t number) {
  return std::none_of(shapeless.begin(), shapeless.end(),
                      [&](const auto &range) { return number >= range[0] && number <= range[1]; });
}

}  // namespace

std::string printable(std::string_view text, Charset charset) {
  std::string shown;
  while (!text.empty()) {
    const std::string_view character = first_characters(text, 1);
    text.remove_prefix(character.size());
    const auto first = static_cast<unsigned char>(character[0]);
    if (first_unreadable_byte(character) || (character.size() == 1 && first < 0x20)) {
      shown += escaped_bytes(character);
    } else if (first < 0x80 || (charset == Charset::utf8 && has_shape(code_point(character)))) {
      shown += character;
    } else {
      const char32_t number = code_point(character);
      shown += number > 0xFFFF ? "\\U" + hexadecimal(number, 8) : "\\u" + hexadecimal(number, 4);
    }
  }
  return shown;
}

}  // namespace internal_events::core
