// Lines that track an event, to paste into an application and its tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace internal_events::core {

// A call that tracks an event with values that a metric counts.
struct TrackingExample {
  std::string event;
  std::vector<std::string> identifiers;
  nlohmann::ordered_json properties = nlohmann::ordered_json::object();
};

// A metric that counts events of the examples: its selection rules, and the key paths that it is reported by.
struct ExampleMetric {
  nlohmann::ordered_json rules;
  std::vector<std::string> key_paths;
};

// An event with all its properties, so that the first rule on it, where there is one, counts it.
TrackingExample tracking_example(const std::string &event, std::vector<std::string> identifiers,
                                 const std::vector<std::string> &properties, const nlohmann::ordered_json &rules);

// SELECT track_event(...)
std::string sql_call(const TrackingExample &example);

// InternalEvents.trackEvent(...)
std::string javascript_call(const TrackingExample &example);

// An element whose clicks are tracked.
std::string html_element(const TrackingExample &example);

// A pgTAP test that tracks the events, by ids that nobody has, and looks whether the metrics, if any, have counted
// them.
std::string pgtap_test(std::vector<TrackingExample> examples, const std::vector<ExampleMetric> &metrics);

}  // namespace internal_events::core
