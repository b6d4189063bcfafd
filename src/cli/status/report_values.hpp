// Values of a status report, which may be null.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace internal_events::cli {

using Json = nlohmann::ordered_json;

// A number of a report; 0 where it is null.
long long number(const Json &value);

// A text of a report; empty where it is null.
std::string text(const Json &value);

}  // namespace internal_events::cli
