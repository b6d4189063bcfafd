// Finds the calls of RedisHLL and Snowplow in an application's source, and says what to write in their place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/migration/legacy_metric.hpp"
#include "core/migration/source_text.hpp"

namespace internal_events::core {

// A call that records something the old way.
struct SourceCall {
  Position position;
  std::string kind;         // HLLRedisCounter.track_event, data-track-action ...
  std::string found;        // as it is written, on one line
  std::string replacement;  // empty: somebody has to write it
  std::string event;        // empty: computed while the program runs
  std::vector<std::string> look_at;
};

// The language of a file, by its extension without the dot; none where calls are not looked for.
std::optional<Language> language_of_extension(std::string_view extension);

// Every call in a file, in its order. A name that the overrides know is replaced by the new one.
std::vector<SourceCall> find_calls(std::string_view text, Language language, const MigrationNames &names);

}  // namespace internal_events::core
