#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/definitions/calculation.hpp"
#include "core/definitions/components.hpp"
#include "core/definitions/definition.hpp"
#include "core/definitions/definition_file.hpp"
#include "core/definitions/key_paths.hpp"
#include "core/definitions/metric_rules.hpp"
#include "core/json.hpp"

namespace internal_events::core {
namespace {

// Whether one of the time frames has a beginning.
bool has_bounds(const std::vector<TimeFrame> &time_frames) {
  return std::any_of(time_frames.begin(), time_frames.end(),
                     [](const TimeFrame &frame) { return frame.name == "7d" || frame.name == "28d"; });
}

// Whether a metric is made of events, not of other metrics that are.
bool counts_events(const DefinitionFile &file, const nlohmann::json &calculation) {
  return file.text("data_source") == "internal_events" &&
         !(file.value("events").empty() && has_components(calculation));
}

// Makes the definition of a file that the schema was checked for, and checks what no schema can say.
MetricDefinition read_metric(DefinitionFile &file, const Catalog &catalog) {
  MetricDefinition metric;
  const std::string status = file.text("status");
  metric.key_path = file.text("key_path");
  metric.status = status == "removed" || status == "broken" ? status : "active";
  metric.data_source = file.text("data_source");
  metric.time_frames = time_frames_of(file.json());
  metric.instrumentation_class = file.text("instrumentation_class");
  metric.options = canonical_options(file.json());
  check_time_frames(file, metric.time_frames);
  const nlohmann::json calculation = read_calculation(file, has_bounds(metric.time_frames));
  check_calculation_of_metric(file, calculation);
  if (!calculation.is_null()) metric.instrumentation = json_text(calculation);
  // A removed metric is history: what it counted may be gone, and its key path may have a new owner.
  if (metric.status != "removed") {
    check_key_paths(file, metric.time_frames, catalog);
    resolve_components(file, calculation, metric.time_frames, catalog);
    if (counts_events(file, calculation)) metric.rules = read_selection_rules(file, catalog);
  }
  metric.json = json_text(file.json());
  return metric;
}

}  // namespace

Parsed<MetricDefinition> parse_metric(std::string_view yaml, const Catalog &catalog, ParseOptions options) {
  return parse_guarded<MetricDefinition>(yaml, Kind::metric, options,
                                         [&](DefinitionFile &file) { return read_metric(file, catalog); });
}

}  // namespace internal_events::core
