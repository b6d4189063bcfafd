// Numbers as people read them.
#pragma once

#include <concepts>
#include <string>

namespace internal_events::cli {

// A number of seconds in its largest unit of which it has two: "90 minutes".
std::string duration(long long seconds);

// Bytes in their largest unit of which there is one: "1.2 GB".
std::string size(long long bytes);

// A number with a comma at each thousand.
std::string grouped(std::string number);

// A number of things: "1 event", "2,000 events".
template <std::integral Number>
std::string counted(Number number, const std::string &thing) {
  return grouped(std::to_string(number)) + ' ' + thing + (number == 1 ? "" : "s");
}

}  // namespace internal_events::cli
