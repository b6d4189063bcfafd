#pragma once

#include <string>

namespace internal_events::core {

// What a server has against a statement. The exception of a session for that derives from it, beside its own kind.
struct SqlFailure {
  std::string sqlstate;  // empty: the session is lost, and no server says anything
  std::string message;
};

}  // namespace internal_events::core
