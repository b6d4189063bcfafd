#include "core/definition.hpp"
#include "core/definition_file.hpp"
#include "core/key_paths.hpp"
#include "core/metric_rules.hpp"

namespace internal_events::core {
namespace {

// Makes the definition of a file that the schema was checked for, and checks what no schema can say.
MetricDefinition read_metric(DefinitionFile &file, const Catalog &catalog) {
  MetricDefinition metric;
  const std::string status = file.text("status");
  metric.key_path = file.text("key_path");
  metric.status = status == "removed" || status == "broken" ? status : "active";
  metric.data_source = file.text("data_source");
  metric.time_frames = time_frames_of(file.json());
  check_time_frames(file, metric.time_frames);
  // A removed metric is history: what it counted may be gone, and its key path may have a new owner.
  if (metric.status != "removed") {
    check_key_paths(file, metric.time_frames, catalog);
    if (metric.data_source == "internal_events") metric.rules = read_selection_rules(file, catalog);
  }
  metric.json = file.json().dump();
  return metric;
}

}  // namespace

Parsed<MetricDefinition> parse_metric(std::string_view yaml, const Catalog &catalog, ParseOptions options) {
  return parse_guarded<MetricDefinition>(yaml, Kind::metric, options,
                                         [&](DefinitionFile &file) { return read_metric(file, catalog); });
}

}  // namespace internal_events::core
