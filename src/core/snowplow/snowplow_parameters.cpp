#include "core/snowplow/snowplow_parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "core/characters.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

enum class Format {
  text,
  address,
  url,
  uuid,
  event,
  platform,
  milliseconds,
  int32,
  decimal,
  value,
  flag,
  size,
  unused
};

struct Parameter {
  std::string_view key;
  Format format;
  std::size_t longest = 0;  // in UTF-16 units; 0: whatever the format allows
};

// Every key of payload_data 1-0-4, with the limits of Snowplow's enrichment, in the order of std::string_view.
constexpr std::array parameters{
    Parameter{"ad_ad", Format::unused},     Parameter{"ad_ba", Format::unused},
    Parameter{"ad_ca", Format::unused},     Parameter{"ad_uid", Format::unused},
    Parameter{"aid", Format::text, 255},    Parameter{"cd", Format::text, 12},
    Parameter{"co", Format::text},          Parameter{"cookie", Format::flag},
    Parameter{"cs", Format::text, 128},     Parameter{"ctype", Format::unused},
    Parameter{"cx", Format::text},          Parameter{"ds", Format::size},
    Parameter{"dtm", Format::milliseconds}, Parameter{"duid", Format::text, 128},
    Parameter{"e", Format::event},          Parameter{"eid", Format::uuid},
    Parameter{"f_ag", Format::flag},        Parameter{"f_dir", Format::flag},
    Parameter{"f_fla", Format::flag},       Parameter{"f_gears", Format::flag},
    Parameter{"f_java", Format::flag},      Parameter{"f_pdf", Format::flag},
    Parameter{"f_qt", Format::flag},        Parameter{"f_realp", Format::flag},
    Parameter{"f_wma", Format::flag},       Parameter{"fp", Format::text, 128},
    Parameter{"ip", Format::address, 128},  Parameter{"lang", Format::text, 255},
    Parameter{"mac", Format::unused},       Parameter{"nuid", Format::text, 128},
    Parameter{"p", Format::platform},       Parameter{"page", Format::text, 2000},
    Parameter{"pp_max", Format::int32},     Parameter{"pp_may", Format::int32},
    Parameter{"pp_mix", Format::int32},     Parameter{"pp_miy", Format::int32},
    Parameter{"refr", Format::url, 10000},  Parameter{"res", Format::size},
    Parameter{"sa", Format::unused},        Parameter{"se_ac", Format::text, 1000},
    Parameter{"se_ca", Format::text, 1000}, Parameter{"se_la", Format::text, 4096},
    Parameter{"se_pr", Format::text, 1000}, Parameter{"se_va", Format::value},
    Parameter{"sid", Format::uuid},         Parameter{"sn", Format::unused},
    Parameter{"sp", Format::unused},        Parameter{"st", Format::unused},
    Parameter{"stm", Format::milliseconds}, Parameter{"ti_ca", Format::text, 255},
    Parameter{"ti_cu", Format::text, 3},    Parameter{"ti_id", Format::text, 255},
    Parameter{"ti_na", Format::text, 255},  Parameter{"ti_nm", Format::text, 255},
    Parameter{"ti_pr", Format::decimal},    Parameter{"ti_qu", Format::int32},
    Parameter{"ti_sk", Format::text, 255},  Parameter{"tid", Format::int32},
    Parameter{"tna", Format::text, 128},    Parameter{"tnuid", Format::text, 128},
    Parameter{"tr_af", Format::text, 255},  Parameter{"tr_ci", Format::text, 255},
    Parameter{"tr_co", Format::text, 255},  Parameter{"tr_cu", Format::text, 3},
    Parameter{"tr_id", Format::text, 255},  Parameter{"tr_sh", Format::decimal},
    Parameter{"tr_st", Format::text, 255},  Parameter{"tr_tt", Format::decimal},
    Parameter{"tr_tx", Format::decimal},    Parameter{"ttm", Format::milliseconds},
    Parameter{"tv", Format::text, 100},     Parameter{"tz", Format::text, 255},
    Parameter{"ua", Format::text, 1000},    Parameter{"ue_na", Format::text},
    Parameter{"ue_pr", Format::text},       Parameter{"ue_px", Format::text},
    Parameter{"uid", Format::text, 255},    Parameter{"url", Format::url, 10000},
    Parameter{"vid", Format::int32},        Parameter{"vp", Format::size},
};

static_assert(std::is_sorted(parameters.begin(), parameters.end(),
                             [](const Parameter &a, const Parameter &b) { return a.key < b.key; }));

// "ev" is the old name of "se".
constexpr std::array<std::string_view, 7> events{"se", "ue", "pv", "pp", "tr", "ti", "ev"};
constexpr std::array<std::string_view, 9> platforms{"web", "mob", "pc", "srv", "app", "tv", "cnsl", "iot", "headset"};

// The years 0 to 9999.
constexpr std::int64_t first_millisecond = -62167219200000;
constexpr std::int64_t last_millisecond = 253402300799999;

// How many UTF-16 units a text has, which is what the pipeline, in Java, counts.
std::size_t utf16_units(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

// Takes the digits that a text begins with off it; returns how many there were.
std::size_t take_digits(std::string_view &text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

// Takes one character off the beginning of a text, where it is one of some.
bool take_one(std::string_view &text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool is_decimal(std::string_view text) {
  take_one(text, "+-");
  const bool has_integer = take_digits(text) > 0;
  const bool has_fraction = take_one(text, ".") && take_digits(text) > 0;
  if (!has_integer && !has_fraction) return false;
  if (take_one(text, "eE")) {
    take_one(text, "+-");
    const std::size_t digits = take_digits(text);
    // No amount has a larger exponent, and the pipeline writes such numbers out.
    if (digits == 0 || digits > 3) return false;
  }
  return text.empty();
}

// Whether a text is an integer within bounds.
bool is_integer(std::string_view text, std::int64_t smallest, std::int64_t largest) {
  std::int64_t number = 0;
  // Unlike from_chars(), Java reads a plus sign.
  if (text.size() > 1 && text.front() == '+' && is_digit(text[1])) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= smallest && number <= largest;
}

// Whether a text is two lengths in pixels, as 1920x1080.
bool is_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return false;
  const auto is_length = [](std::string_view part) {
    return !part.empty() && is_digit(part.front()) && is_integer(part, 0, INT32_MAX);
  };
  return is_length(text.substr(0, cross)) && is_length(text.substr(cross + 1));
}

// Takes what stands before the first of some characters off a text, or all of it.
std::string_view take_until(std::string_view &text, std::string_view characters) {
  const std::string_view taken = text.substr(0, text.find_first_of(characters));
  text.remove_prefix(taken.size());
  return taken;
}

// Whether no part of a URL is longer than the column that the pipeline has for it. Whether it is one at all is left to
// the pipeline, whose readers of URLs take what others do not.
bool has_short_parts(std::string_view url) {
  const auto fits = [](std::string_view part, std::size_t longest) { return utf16_units(part) <= longest; };
  const std::size_t colon = url.find(':');
  if (colon != std::string_view::npos && colon < url.find_first_of("/?#")) {
    if (!fits(url.substr(0, colon), 16)) return false;
    url.remove_prefix(colon + 1);
  }
  if (url.starts_with("//")) {
    url.remove_prefix(2);
    std::string_view host = take_until(url, "/?#");
    host.remove_prefix(host.rfind('@') + 1);
    if (!fits(take_until(host, host.starts_with('[') ? "]" : ":"), 255)) return false;
  }
  if (!fits(take_until(url, "?#"), 3000)) return false;
  if (take_one(url, "?") && !fits(take_until(url, "#"), 6000)) return false;
  return !take_one(url, "#") || fits(url, 3000);
}

// What a value should be and is not; nothing where it is.
const char *format_fault(Format format, std::string_view value) {
  switch (format) {
    case Format::uuid:
      return is_uuid(value) ? nullptr : "a UUID";
    case Format::event:
      return contains(events, value) ? nullptr : "one of se, ue, pv, pp, tr, ti";
    case Format::platform:
      return contains(platforms, value) ? nullptr : "a platform of Snowplow's, such as web or srv";
    case Format::milliseconds:
      return is_integer(value, first_millisecond, last_millisecond) ? nullptr : "milliseconds since 1970";
    case Format::int32:
      return is_integer(value, INT32_MIN, INT32_MAX) ? nullptr : "a whole number of 32 bits";
    case Format::decimal:
      return is_decimal(value) ? nullptr : "a number";
    case Format::value:
      return is_decimal(value) || value == "null" ? nullptr : "a number";
    case Format::url:
      return has_short_parts(value) ? nullptr : "a URL whose parts fit into Snowplow's columns";
    case Format::flag:
      return value == "0" || value == "1" ? nullptr : "0 or 1";
    case Format::size:
      return is_size(value) ? nullptr : "a size such as 1920x1080";
    case Format::text:
    case Format::address:
    case Format::unused:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> parameter_fault(std::string_view key, const std::string &value) {
  const auto *found =
      std::lower_bound(parameters.begin(), parameters.end(), key,
                       [](const Parameter &parameter, std::string_view wanted) { return parameter.key < wanted; });
  if (found == parameters.end() || found->key != key) return std::string(key) + ": payload_data 1-0-4 has no such key";
  if (const char *expected = format_fault(found->format, value)) {
    return std::string(key) + ": " + in_quotes(value) + " is not " + expected;
  }
  // Of a list of addresses, the first one counts.
  const std::string_view counted =
      std::string_view(value).substr(0, found->format == Format::address ? value.find(',') : std::string::npos);
  // Bytes are never fewer than UTF-16 units.
  if (found->longest > 0 && counted.size() > found->longest && utf16_units(counted) > found->longest) {
    return std::string(key) + ": longer than " + std::to_string(found->longest) + " characters";
  }
  return std::nullopt;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool is_hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (is_dash ? c != '-' : !is_hex) return false;
  }
  return true;
}

}  // namespace internal_events::core
