// What happens to an event that cannot be recorded: internal_events.on_error decides.
#pragma once

#include "pg/postgres.hpp"

namespace internal_events::pg {

// Why an event is refused; a null message means that it is not.
struct Refusal {
  int sqlstate;
  const char *message;
  const char *hint;  // may be null

  bool refused() const { return message != nullptr; }
};

constexpr Refusal not_refused = {0, nullptr, nullptr};

// Warns, raises or keeps silent. `element` is the event's place in an array, or -1.
void report(const Refusal &refusal, int element = -1);

// Says something about an event that is recorded all the same; on_error = ignore keeps it silent.
void warn(int sqlstate, const char *message, const char *hint, int element = -1);

}  // namespace internal_events::pg
