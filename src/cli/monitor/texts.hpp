// How the monitor writes what it has seen, on the screen and in lines.
#pragma once

#include <ctime>
#include <string>

#include "cli/monitor/look.hpp"

namespace internal_events::cli::monitor {

// A text of the database as this terminal may be given it.
std::string shown(const std::string &text);
// The same; "-" where there is none.
std::string shown(const Value &value);

// A moment in local time: the clock of today, the date and the minutes of another day.
std::string local_time(std::time_t moment, std::time_t now);

// The days of a metric: "2026-11-16 to 2026-11-22".
std::string period(const Metric &metric);

// The value of a metric, or why it has none.
std::string value(const Metric &metric, const Value &value);

// The properties of an event: "label=npm value=340", the well-known ones first.
std::string properties(const Event &event);

}  // namespace internal_events::cli::monitor
