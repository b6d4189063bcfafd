#include "cli/status/report_values.hpp"

#include <nlohmann/json.hpp>

namespace internal_events::cli {

long long number(const Json &value) {
  if (value.is_number_float()) return static_cast<long long>(value.get<double>());
  return value.is_number() ? value.get<long long>() : 0;
}

std::string text(const Json &value) {
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace internal_events::cli
