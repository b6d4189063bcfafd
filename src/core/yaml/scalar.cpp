#include "core/yaml/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/characters.hpp"

namespace internal_events::core {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Reads all of a text as a number of one type.
template <typename Number, typename... Base>
std::optional<Number> read_all(std::string_view text, Base... base) {
  Number number{};
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base...);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

// Reads digits as the narrowest integer that holds them.
std::optional<nlohmann::json> read_integer(std::string_view text, int base) {
  if (const auto number = read_all<std::int64_t>(text, base)) return nlohmann::json(*number);
  if (const auto number = read_all<std::uint64_t>(text, base)) return nlohmann::json(*number);
  return std::nullopt;
}

// Reads 12, -12, 12.5, .5, 1e3, 0x1F or 0o17; what no JSON number can hold, such as 1e999 or .nan, is none.
std::optional<nlohmann::json> read_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const std::string_view digits = text.substr(2);
    return digits.starts_with('-') ? std::nullopt : read_integer(digits, text[1] == 'x' ? 16 : 8);
  }
  const bool is_signed = text.starts_with('+') || text.starts_with('-');
  const std::string_view magnitude = text.substr(is_signed ? 1 : 0);
  // from_chars would take "inf" and "nan" too, and a second sign.
  if (magnitude.empty() || !(is_digit(magnitude[0]) || magnitude[0] == '.')) return std::nullopt;
  if (text[0] == '+') text = magnitude;
  if (auto integer = read_integer(text, 10)) return integer;
  if (const auto number = read_all<double>(text); number && std::isfinite(*number)) return nlohmann::json(*number);
  return std::nullopt;
}

// Writes a whole number without a fraction; other values stay as they are.
nlohmann::json canonical_number(const nlohmann::json &value) {
  constexpr double largest_exact_integer = 9007199254740992.0;
  if (!value.is_number_float()) return value;
  const double number = value.get<double>();
  if (std::abs(number) > largest_exact_integer || number != std::floor(number)) return value;
  return static_cast<std::int64_t>(number);
}

}  // namespace

nlohmann::json plain_value(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (auto number = read_number(text)) return *std::move(number);
  return std::string(text);
}

nlohmann::json canonical_value(const nlohmann::json &value) {
  if (!value.is_structured()) return canonical_number(value);
  nlohmann::json canonical = value;
  for (nlohmann::json &part : canonical) part = canonical_value(part);
  return canonical;
}

}  // namespace internal_events::core
