#include "core/generator/generator.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/definitions/key_paths.hpp"
#include "core/text.hpp"
#include "core/yaml/yaml_writer.hpp"

namespace internal_events::core {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> time_frame_order = {"28d", "7d", "all"};

std::string or_to_be_written(const std::string &text) {
  return text.empty() ? to_be_written : text;
}

// The events of a metric, each once, by name; so a key path does not depend on the order in which they were named.
std::vector<std::string> distinct_events(const MetricRequest &request) {
  std::vector<std::string> events = request.events;
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return events;
}

std::string joined_by(const std::vector<std::string> &words, const std::string &separator) {
  std::string text;
  for (const std::string &word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

// An identifier as key paths have it: user_id.
std::string in_key_path(std::string unique) {
  std::replace(unique.begin(), unique.end(), '.', '_');
  return unique;
}

// The last name of a key path: count_total_issue_created.
std::string metric_name(const MetricRequest &request) {
  const std::string counted = request.name.empty() ? joined_by(distinct_events(request), "_and_") : request.name;
  if (!request.operation.empty()) return "sum_value_from_" + counted;
  if (request.unique.empty()) return "count_total_" + counted;
  return "count_distinct_" + in_key_path(request.unique) + "_from_" + counted;
}

// What GitLab's key paths of a kind of metric begin with.
std::string prefix(const MetricRequest &request) {
  if (!request.operation.empty()) return "sums.";
  return request.unique.empty() ? "counts." : "redis_hll_counters.";
}

// What is appended to names in the definition of one time frame. A name that somebody chose is left as it is, unless it
// has to serve several definitions.
std::string suffix(const MetricRequest &request, const std::string &time_frame, const std::string &chosen) {
  const bool is_taken_as_it_is = !chosen.empty() && request.time_frames.size() == 1;
  return request.as_list || is_taken_as_it_is ? "" : suffix_of(time_frame);
}

void add_ownership(Json &document, const Ownership &ownership) {
  if (!ownership.section.empty()) document["product_section"] = ownership.section;
  if (!ownership.stage.empty()) document["product_stage"] = ownership.stage;
  document["product_group"] = or_to_be_written(ownership.group);
  if (!ownership.categories.empty()) document["product_categories"] = ownership.categories;
}

void add_origin(Json &document, const Ownership &ownership) {
  document["milestone"] = or_to_be_written(ownership.milestone);
  document["introduced_by_url"] = or_to_be_written(ownership.introduced_by_url);
}

Json metric_document(const MetricRequest &request, const Ownership &ownership, const std::string &key_path,
                     const Json &time_frame) {
  Json document;
  document["key_path"] = key_path;
  document["description"] =
      request.description.empty()
          ? composed_description(request, time_frame.is_string() ? time_frame.get<std::string>() : "")
          : request.description;
  add_ownership(document, ownership);
  document["performance_indicator_type"] = Json::array();
  document["value_type"] = "number";
  document["status"] = "active";
  add_origin(document, ownership);
  document["time_frame"] = time_frame;
  document["data_source"] = "internal_events";
  document["data_category"] = "optional";
  document["tiers"] = ownership.tiers;
  document["events"] = selection_rules(request);
  return document;
}

// The folder of a metric, by its time frame; a list of them is filed under all.
std::string metric_folder(const Layout &layout, const Json &time_frame) {
  if (layout.flat) return layout.root + "/metrics/";
  return layout.root + "/metrics/counts_" + (time_frame.is_string() ? time_frame.get<std::string>() : "all") + '/';
}

// One definition, of one time frame or of a list of them.
GeneratedMetric generate_metric(const MetricRequest &request, const Ownership &ownership, const Layout &layout,
                                const Json &time_frame) {
  const std::string frame = time_frame.is_string() ? time_frame.get<std::string>() : "";
  const std::string key_path = (request.key_path.empty() ? prefix(request) + metric_name(request) : request.key_path) +
                               suffix(request, frame, request.key_path);
  const std::string file_name = request.file_name.empty()
                                    ? key_path.substr(key_path.rfind('.') + 1)
                                    : request.file_name + suffix(request, frame, request.file_name);
  const Json document = metric_document(request, ownership, key_path, time_frame);
  GeneratedMetric metric{{metric_folder(layout, time_frame) + file_name + ".yml", to_yaml(document)}, {}};
  for (const TimeFrame &reported : time_frames_of(document)) metric.key_paths.push_back(reported.key_path);
  return metric;
}

}  // namespace

std::vector<std::string> ordered_time_frames(std::vector<std::string> time_frames) {
  const auto rank = [](const std::string &name) {
    return std::find(time_frame_order.begin(), time_frame_order.end(), name) - time_frame_order.begin();
  };
  std::stable_sort(time_frames.begin(), time_frames.end(),
                   [&](const std::string &a, const std::string &b) { return rank(a) < rank(b); });
  time_frames.erase(std::unique(time_frames.begin(), time_frames.end()), time_frames.end());
  return time_frames;
}

nlohmann::ordered_json selection_rules(const MetricRequest &request) {
  Json rules = Json::array();
  for (const std::string &event : distinct_events(request)) {
    Json rule = {{"name", event}};
    if (!request.unique.empty()) rule["unique"] = request.unique;
    const std::size_t before = rules.size();
    for (const Filter &filter : request.filters) {
      if (!filter.event.empty() && filter.event != event) continue;
      Json filtered = rule;
      filtered["filter"] = filter.values;
      rules.push_back(filtered);
    }
    if (rules.size() == before) rules.push_back(rule);
  }
  for (Json &rule : rules) {
    if (!request.operation.empty()) rule["operator"] = request.operation;
  }
  return rules;
}

GeneratedFile generate_event(const EventRequest &request, const Ownership &ownership, const Layout &layout) {
  Json document;
  document["description"] = or_to_be_written(request.description);
  document["internal_events"] = true;
  document["action"] = request.name;
  if (!request.identifiers.empty()) document["identifiers"] = request.identifiers;
  for (const auto &[name, description] : request.properties) {
    document["additional_properties"][name]["description"] = or_to_be_written(description);
  }
  add_ownership(document, ownership);
  add_origin(document, ownership);
  document["tiers"] = ownership.tiers;
  return {layout.root + "/events/" + request.name + ".yml", to_yaml(document)};
}

std::vector<GeneratedMetric> generate_metrics(const MetricRequest &request, const Ownership &ownership,
                                              const Layout &layout) {
  if (request.as_list) return {generate_metric(request, ownership, layout, ordered_time_frames(request.time_frames))};
  std::vector<GeneratedMetric> metrics;
  for (const std::string &frame : ordered_time_frames(request.time_frames)) {
    metrics.push_back(generate_metric(request, ownership, layout, frame));
  }
  return metrics;
}

}  // namespace internal_events::core
