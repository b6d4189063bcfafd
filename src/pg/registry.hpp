// The events that may be tracked, as this backend knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace internal_events::pg {

struct TrackableEvent {
  std::int32_t definition_id = 0;
  bool removed = false;
  std::vector<std::string> additional_properties;

  bool declares(std::string_view property) const noexcept;
};

// Finds an event by name, or null. The pointer is good until the next call of this function.
const TrackableEvent *find_event(std::string_view name);

// Forgets the registry whenever any session commits, or this one makes or rolls back, a change of event_definitions.
void watch_definitions();

}  // namespace internal_events::pg
