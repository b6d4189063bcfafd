#include "core/problem.hpp"

#include <algorithm>

namespace internal_events::core {

bool has_error(const Problems &problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem &problem) { return problem.severity == Severity::error; });
}

}  // namespace internal_events::core
