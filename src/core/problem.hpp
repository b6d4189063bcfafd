#pragma once

#include <string>
#include <vector>

namespace internal_events::core {

enum class Severity { warning, error };

// One thing that is wrong with a definition, and where. `line` counts from 1; 0 means the whole file.
struct Problem {
  Severity severity = Severity::error;
  int line = 0;
  std::string key;
  std::string message;
  bool unresolved = false;  // names a metric that is not known yet: the file may be right when others are loaded
};

using Problems = std::vector<Problem>;

bool has_error(const Problems &problems);

}  // namespace internal_events::core
