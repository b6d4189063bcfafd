// An event of the log as Snowplow's tracker protocol has it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace internal_events::core {

enum class UserIds { pseudonymous, plain, none };

// What the settings say of every event.
struct SnowplowSettings {
  std::string app_id;
  std::string name_space;
  std::string tracker_version;
  std::string vendor;           // of both contexts
  std::string standard_schema;  // the URI of the standard context; empty: gitlab_standard of the vendor
  std::string environment;
  std::string host_name;
  std::string instance_version;
  std::string instance_id;
  UserIds user_ids = UserIds::pseudonymous;
  std::string secret;  // the key of pseudonyms
};

// An event as the log has it; JSON as text, empty where there is none.
struct LoggedAction {
  std::string id;
  std::string name;
  std::string category;
  std::int64_t happened_at = 0;  // milliseconds since 1970, as all times of the protocol
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> project_id;
  std::optional<std::int64_t> namespace_id;
  std::optional<std::string> label;
  std::optional<std::string> property;
  std::optional<std::string> value;  // a number
  std::string extra;                 // the other properties, an object
  std::string namespace_ids;         // feature_enabled_by_namespace_ids, an array
};

// The finished parameters of an event, or why there can be none.
struct SnowplowEvent {
  std::string parameters;  // a JSON object whose values are texts; without stm, which each attempt has its own
  std::string fault;       // empty: the event is valid
};

// Makes structured events of events of the log, as GitLab's server does.
class StructuredEvents {
 public:
  explicit StructuredEvents(SnowplowSettings settings);
  ~StructuredEvents();
  StructuredEvents(const StructuredEvents &) = delete;
  StructuredEvents &operator=(const StructuredEvents &) = delete;

  SnowplowEvent make(const LoggedAction &action) const;

  // What is wrong with the settings themselves, so that every event would be; empty: nothing.
  std::string settings_fault() const;

 private:
  SnowplowSettings settings_;
  std::unique_ptr<const class SnowplowContexts> contexts_;
};

// Takes the parameters that a tracker sent, under the id that it gave the event.
SnowplowEvent received_event(const std::string &id, const std::string &parameters);

}  // namespace internal_events::core
