#include "cli/monitor/texts.hpp"

#include <langinfo.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/json.hpp"
#include "core/printable.hpp"

namespace internal_events::cli::monitor {
namespace {

// The moment's fields in local time, by a format of strftime().
std::string formatted(std::time_t moment, const char *format) {
  std::tm fields{};
  char text[32];
  localtime_r(&moment, &fields);
  return {text, std::strftime(text, sizeof text, format, &fields)};
}

// Whether a text needs no quotes to show where it ends, and that it is no number.
bool is_word(const std::string &text) {
  const auto separates = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\\' || c == '=';
  };
  return std::none_of(text.begin(), text.end(), separates) &&
         text.find_first_not_of("0123456789.-") != std::string::npos;
}

std::string shown_property(const std::string &name, const nlohmann::json &value) {
  const bool is_bare = value.is_string() && is_word(value.get_ref<const std::string &>());
  return shown(name) + '=' + shown(is_bare ? value.get<std::string>() : core::json_text(value));
}

}  // namespace

std::string shown(const std::string &text) {
  static const bool is_utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  return core::printable(text, is_utf8 ? core::Charset::utf8 : core::Charset::ascii);
}

std::string shown(const Value &value) {
  return value ? shown(*value) : "-";
}

std::string local_time(std::time_t moment, std::time_t now) {
  const bool is_today = formatted(moment, "%F") == formatted(now, "%F");
  return formatted(moment, is_today ? "%T" : "%F %R");
}

std::string period(const Metric &metric) {
  if (!metric.period_start || !metric.period_end) return "-";
  if (*metric.period_start == "-infinity") return "since the beginning";
  return *metric.period_start + " to " + *metric.period_end;
}

std::string value(const Metric &metric, const Value &value) {
  return value || metric.status == "active" ? shown(value) : metric.status;
}

std::string properties(const Event &event) {
  if (!event.additional_properties) return "";
  nlohmann::json object = core::parse_foreign_json(*event.additional_properties);
  // A number of the database may be larger than any here.
  if (!object.is_object()) return shown(*event.additional_properties);
  std::string text;
  const auto add = [&](const std::string &name, const nlohmann::json &value) {
    text += (text.empty() ? "" : " ") + shown_property(name, value);
  };
  for (const char *name : {"label", "property", "value"}) {
    if (!object.contains(name)) continue;
    add(name, object[name]);
    object.erase(name);
  }
  for (const auto &[name, value] : object.items()) add(name, value);
  return text;
}

}  // namespace internal_events::cli::monitor
