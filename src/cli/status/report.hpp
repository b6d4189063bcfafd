// Shows what internal_events.status() says, with what the command knows besides.
#pragma once

#include <string>

#include "cli/status/report_values.hpp"

namespace internal_events::cli {

// Prints one screen for people; `where` is what was asked.
void print_report(const Json &report, const std::string &where);

// Prints the numbers in Prometheus's text format.
void print_prometheus(const Json &report);

}  // namespace internal_events::cli
