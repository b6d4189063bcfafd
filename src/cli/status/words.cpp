#include "cli/status/words.hpp"

#include <array>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

namespace internal_events::cli {

std::string duration(long long seconds) {
  struct Unit {
    long long length;
    const char *name;
  };
  constexpr std::array<Unit, 3> units{{{86400, "day"}, {3600, "hour"}, {60, "minute"}}};
  for (const Unit &unit : units) {
    if (seconds >= 2 * unit.length) return counted(seconds / unit.length, unit.name);
  }
  return counted(seconds, "second");
}

std::string size(long long bytes) {
  constexpr std::array<const char *, 6> units{"bytes", "kB", "MB", "GB", "TB", "PB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  std::ostringstream written;
  written << std::fixed << std::setprecision(unit > 0 && amount < 10 ? 1 : 0) << amount << ' ' << units.at(unit);
  return written.str();
}

std::string grouped(long long number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string counted(long long number, const std::string &thing) {
  return grouped(number) + ' ' + thing + (number == 1 ? "" : "s");
}

long long number(const Json &value) {
  if (value.is_number_float()) return static_cast<long long>(value.get<double>());
  return value.is_number() ? value.get<long long>() : 0;
}

std::string text(const Json &value) {
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace internal_events::cli
