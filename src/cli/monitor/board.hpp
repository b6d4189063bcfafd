// What has become of metrics and events since the monitor began, or was reset.
#pragma once

#include <cstddef>
#include <ctime>
#include <deque>
#include <string>
#include <vector>

#include "cli/monitor/look.hpp"

namespace internal_events::cli::monitor {

struct WatchedMetric {
  Metric metric;
  Value initial;
  Value previous;  // at the look before
};

struct SeenEvent {
  Event event;
  bool is_fresh;  // came with the last look
};

class Board {
 public:
  void apply(const Look &look);

  // From now on: initial values are the current ones, and no event has been seen.
  void reset();

  // The last look, without what became of its events.
  const Look &last() const { return last_; }
  const std::vector<WatchedMetric> &metrics() const { return metrics_; }
  const std::deque<SeenEvent> &events() const { return events_; }  // newest first
  std::size_t event_count() const { return event_count_; }
  std::time_t begun() const { return begun_; }

 private:
  Look last_;
  std::vector<WatchedMetric> metrics_;
  std::deque<SeenEvent> events_;
  std::size_t event_count_ = 0;
  std::time_t begun_ = 0;
};

// By how much a value has changed: "+3", "-0.5"; empty where it has not, or where one of both is no number.
std::string change_between(const Value &before, const Value &after);

}  // namespace internal_events::cli::monitor
