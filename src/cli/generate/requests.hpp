// What the generator is asked for.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/generate/options.hpp"
#include "core/generator/generator.hpp"

namespace internal_events::cli {

// The properties that a new event declares: name and description.
std::vector<std::pair<std::string, std::string>> declared_properties(const GenerateOptions &options);

// Whether something was said that only a new event's definition can hold.
bool describes_event(const GenerateOptions &options);

core::EventRequest event_request(const GenerateOptions &options, const std::string &name);
core::MetricRequest metric_request(const GenerateOptions &options);

}  // namespace internal_events::cli
