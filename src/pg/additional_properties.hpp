// The additional properties of an event, checked against its definition.
#pragma once

#include "pg/refusal.hpp"
#include "pg/registry.hpp"

namespace internal_events::pg {

struct CheckedProperties {
  Refusal refusal;
  Jsonb *kept;          // what goes into the log; null: nothing
  const char *dropped;  // names of undeclared properties, comma-separated; null: none
};

CheckedProperties check_additional_properties(Jsonb *given, const TrackableEvent &event);

}  // namespace internal_events::pg
