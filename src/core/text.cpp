#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace internal_events::core {
namespace {

constexpr std::size_t longest_quote = 60;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// How many insertions, deletions and replacements turn one word into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  const auto differ = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  from.remove_prefix(static_cast<std::size_t>(differ.first - from.begin()));
  to.remove_prefix(static_cast<std::size_t>(differ.second - to.begin()));
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// The length of the UTF-8 character that begins a text; 0 where the bytes are none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_character(text[i])) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool no_scalar_value = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || no_scalar_value ? 0 : length;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string shown(first_characters(text, longest_quote));
  // A message is one line of a report.
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return '"' + shown + (shown.size() < text.size() ? "...\"" : "\"");
}

NearestWord::NearestWord(std::string_view wanted)
    : wanted_(wanted), best_distance_(std::min<std::size_t>(wanted.size() / 3, 3) + 1) {}

void NearestWord::consider(std::string_view known) {
  const std::size_t shorter = std::min(known.size(), wanted_.size());
  // The lengths alone rule most words out, which keeps a file of many unknown names cheap.
  if (std::max(known.size(), wanted_.size()) - shorter >= best_distance_) return;
  const std::size_t distance = edit_distance(wanted_, known);
  if (distance >= best_distance_) return;
  best_distance_ = distance;
  best_ = known;
}

std::string NearestWord::suggestion() const {
  return best_.empty() ? "" : "; did you mean " + in_quotes(best_) + "?";
}

std::optional<std::size_t> first_unreadable_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = is_control(text[at]) ? 0 : character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string storable(std::string text, bool is_database_utf8) {
  const bool is_kept = is_database_utf8 && is_utf8(text);
  std::replace_if(
      text.begin(), text.end(), [&](char c) { return c == '\0' || (!is_kept && static_cast<unsigned char>(c) > 127); },
      '?');
  return text;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size() && count > 0; --count) {
    ++end;
    while (end < text.size() && continues_character(text[end])) ++end;
  }
  return text.substr(0, end);
}

}  // namespace internal_events::core
