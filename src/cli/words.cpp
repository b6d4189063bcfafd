#include "cli/words.hpp"

#include <array>
#include <iomanip>
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

std::string grouped(std::string number) {
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  std::size_t end = number.find_first_not_of("0123456789", first);
  if (end == std::string::npos) end = number.size();
  while (end > first + 3) number.insert(end -= 3, ",");
  return number;
}

}  // namespace internal_events::cli
