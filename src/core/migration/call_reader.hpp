// Understands the calls of RedisHLL and Snowplow: what they record, from their arguments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/migration/legacy_metric.hpp"
#include "core/migration/source_text.hpp"
#include "core/migration/tracked_call.hpp"

namespace internal_events::core {

// How a call is understood: it fills a TrackedCall and returns whether it could.
class CallReader {
 public:
  CallReader(const SourceText &source, const MigrationNames &names) : source_(source), names_(names) {}

  using Arguments = std::vector<Argument>;
  using Method = bool (CallReader::*)(const Arguments &, const std::string &, TrackedCall &) const;

  // HLLRedisCounter.track_event(:name, values: user.id)
  bool read_unique(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // SourceCodeCounter.count(:pushes)
  bool read_total(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // Gitlab::Tracking.event('category', 'action', label: 'x', user: user), or with keys for all of it; in JavaScript
  // with an object as the third argument.
  bool read_struct(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // trackStructEvent('category', 'action', 'label') and trackStructEvent({category, action})
  bool read_positions(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // snowplow('trackStructEvent', 'category', 'action') and snowplow('trackStructEvent', {category, action})
  bool read_tag(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // Api.trackRedisHllUserEvent('name')
  bool read_name(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // this.track('action', { label: 'x' }) of a component with Tracking.mixin
  bool read_mixin(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

  // track_redis_hll_event :show, name: 'x' of a controller: nothing that one line could replace.
  bool read_filter(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const;

 private:
  bool is_script() const;
  std::optional<Arguments> object(const std::string &value) const;

  // Takes one argument of a structured event.
  void take(TrackedCall &call, const std::string &name, const std::string &code) const;

  // Takes what is counted once.
  static void add_identifier(TrackedCall &call, const ResolvedEvent &resolved, const std::string &code);

  const SourceText &source_;
  const MigrationNames &names_;
};

}  // namespace internal_events::core
