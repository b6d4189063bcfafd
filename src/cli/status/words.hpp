// Numbers of a status report as people read them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace internal_events::cli {

using Json = nlohmann::ordered_json;

// A number of seconds in its largest unit of which it has two: "90 minutes".
std::string duration(long long seconds);

// Bytes in their largest unit of which there is one: "1.2 GB".
std::string size(long long bytes);

// A number with a comma at each thousand.
std::string grouped(long long number);

// A number of things: "1 event", "2,000 events".
std::string counted(long long number, const std::string &thing);

// A number of a report; 0 where it is null.
long long number(const Json &value);

// A text of a report; empty where it is null.
std::string text(const Json &value);

}  // namespace internal_events::cli
