#include "core/page_names.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

#include "core/characters.hpp"
#include "core/sketches/hash.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

constexpr std::size_t longest_stem = 120;

bool is_letter_or_digit(char c) {
  return is_lowercase(c) || is_digit(c);
}

// A character as it may stand in a file name.
char safe(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return is_letter_or_digit(c) || c == '_' || c == '.' ? c : '-';
}

// Names that Windows keeps for devices, whatever follows them after a dot.
bool is_device(std::string_view stem) {
  constexpr std::array<std::string_view, 4> devices{"con", "prn", "aux", "nul"};
  const std::string_view first = stem.substr(0, stem.find('.'));
  return contains(devices, first) || (first.size() == 4 && (first.starts_with("com") || first.starts_with("lpt")));
}

// Whether a name can be a file's as it is.
bool is_safe(std::string_view name) {
  return !name.empty() && name.size() <= longest_stem && is_letter_or_digit(name.front()) && name.back() != '.' &&
         !is_device(name) && std::all_of(name.begin(), name.end(), [](char c) { return safe(c) == c && c != '-'; });
}

// What a name becomes: itself, or something like it with a hash, which no safe name ends with.
std::string stem_of(std::string_view name) {
  if (is_safe(name)) return std::string(name);
  std::string stem(name.substr(0, longest_stem));
  std::transform(stem.begin(), stem.end(), stem.begin(), safe);
  stem.erase(0, stem.find_first_not_of("-._"));
  std::ostringstream hash;
  hash << std::hex << std::setw(16) << std::setfill('0') << redis_hash(name);
  return (is_device(stem) ? "page-" : "") + stem + '-' + hash.str();
}

}  // namespace

std::string PageNames::take(std::string_view name) {
  const std::string stem = stem_of(name);
  std::string page = stem;
  for (int i = 2; !taken_.insert(page).second; ++i) page = stem + "-" + std::to_string(i);
  return page + ".html";
}

}  // namespace internal_events::core
