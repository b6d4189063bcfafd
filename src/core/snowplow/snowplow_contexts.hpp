// The contexts of events of our own: who did it and where, and what it counts for.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/snowplow/iglu.hpp"
#include "core/snowplow/snowplow_event.hpp"

namespace internal_events::core {

// Makes the contexts of many events under the same settings: what all of them say is prepared once.
class SnowplowContexts {
 public:
  explicit SnowplowContexts(const SnowplowSettings &settings);

  // What is wrong with the context of an event, if anything.
  std::optional<std::string> fault_in(const LoggedAction &action) const;

  // The self-describing JSON of both contexts, as text.
  std::string text_of(const LoggedAction &action) const;

 private:
  nlohmann::json fields_of(const LoggedAction &action) const;
  nlohmann::json user_of(const LoggedAction &action) const;
  bool has_plain_ids(const LoggedAction &action) const;

  const SnowplowSettings &settings_;
  std::optional<SchemaUri> standard_;  // the schema of the standard context; nothing: the settings name none
  SchemaUri service_ping_;
  bool is_gitlabs_ = false;  // the standard context's schema is GitLab's by name and version, whoever the vendor is
  int version_ = 0;          // which one of them, 1-1-N
  std::string common_;       // the fields that all events share, as a JSON object that is left open
  bool is_common_valid_ = false;
};

}  // namespace internal_events::core
