#pragma once

#include <string>
#include <string_view>

namespace internal_events::core {

// JSON with a line for each key and element. All else stays: the order of keys, and numbers to the last digit.
std::string indented_json(std::string_view json);

}  // namespace internal_events::core
