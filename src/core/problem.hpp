#pragma once

#include <string>
#include <vector>

namespace internal_events::core {

enum class Severity { warning, error };

// A place in a text. Lines and columns count from 1, columns in bytes; line 0 means the whole text.
struct Position {
  int line = 0;
  int column = 0;
};

// One thing that is wrong with a definition, and where.
struct Problem {
  Severity severity = Severity::error;
  Position position;
  std::string key;
  std::string message;
  bool unresolved = false;  // names a metric that is not known yet: the file may be right when others are loaded
};

using Problems = std::vector<Problem>;

bool has_error(const Problems &problems);

}  // namespace internal_events::core
