#include "cli/monitor/board.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

namespace internal_events::cli::monitor {
namespace {

constexpr std::size_t most_events = 500;

// A whole text as a number of some type.
template <typename Number>
std::optional<Number> number(const Value &text) {
  if (!text) return std::nullopt;
  Number parsed{};
  const char *end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, parsed);
  return error == std::errc() && stopped == end ? std::optional(parsed) : std::nullopt;
}

}  // namespace

void Board::apply(const Look &look) {
  std::vector<WatchedMetric> metrics;
  for (const Metric &metric : look.metrics) {
    // A week that has begun is another thing than the one that the initial value was counted for.
    const auto known = std::find_if(metrics_.begin(), metrics_.end(), [&](const WatchedMetric &candidate) {
      return candidate.metric.key_path == metric.key_path && candidate.metric.period_start == metric.period_start;
    });
    if (known == metrics_.end()) {
      metrics.push_back({metric, metric.value, metric.value});
    } else {
      metrics.push_back({metric, known->initial, known->metric.value});
    }
  }
  metrics_ = std::move(metrics);
  for (SeenEvent &seen : events_) seen.is_fresh = false;
  for (auto event = look.events.rbegin(); event != look.events.rend(); ++event) {
    events_.push_front({*event, look.new_events > 0});
  }
  if (events_.size() > most_events) events_.resize(most_events);
  event_count_ += look.new_events;
  if (begun_ == 0) begun_ = look.taken;
  last_ = look;
  last_.events.clear();
}

void Board::reset() {
  for (WatchedMetric &watched : metrics_) watched.initial = watched.previous = watched.metric.value;
  events_.clear();
  event_count_ = 0;
  begun_ = last_.taken;
}

std::string change_between(const Value &before, const Value &after) {
  if (before == after) return "";
  const auto from = number<std::int64_t>(before);
  const auto to = number<std::int64_t>(after);
  std::int64_t whole = 0;
  if (from && to && !__builtin_sub_overflow(*to, *from, &whole)) {
    return (whole > 0 ? "+" : "") + std::to_string(whole);
  }
  const auto from_fraction = number<double>(before);
  const auto to_fraction = number<double>(after);
  if (!from_fraction || !to_fraction) return "";
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%+.6g", *to_fraction - *from_fraction);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace internal_events::cli::monitor
