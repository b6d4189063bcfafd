#include "cli/dictionary/definitions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "cli/definition_paths.hpp"
#include "cli/problem_report.hpp"
#include "core/definitions/definition_set.hpp"
#include "core/definitions/key_paths.hpp"
#include "core/json.hpp"
#include "core/page_names.hpp"
#include "core/yaml/yaml_writer.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::member_of;
using core::text_of;
using nlohmann::json;

void add_event(Dictionary &dictionary, Definition definition) {
  std::string name = text_of(definition.json, "action");
  dictionary.events.push_back({std::move(name), std::move(definition), {}, {}});
}

// Adds what a definition is reported as, once for each time frame.
void add_metric(Dictionary &dictionary, const Definition &definition) {
  for (core::TimeFrame &frame : core::time_frames_of(definition.json)) {
    dictionary.metrics.push_back({std::move(frame.key_path), std::move(frame.name), definition, {}, {}, {}});
  }
}

// Finds the metrics that others are made of. Removed ones are none.
void resolve_components(std::vector<Metric> &metrics) {
  core::Catalog catalog;
  for (const Metric &metric : metrics) {
    if (text_of(metric.definition.json, "status") != "removed") {
      catalog.metrics[metric.key_path].time_frame = metric.time_frame;
    }
  }
  for (Metric &metric : metrics) {
    const json &calculation = member_of(metric.definition.json, "instrumentation");
    for (const char *key : {"add", "union", "intersect"}) {
      for (const json &name : member_of(calculation, key)) {
        if (!name.is_string()) continue;
        const auto found = core::resolve_component(name.get<std::string>(), metric.time_frame, catalog);
        metric.components.push_back(found.value_or(name.get<std::string>()));
      }
    }
  }
}

// Puts everything in order, and gives it pages.
Dictionary completed(Dictionary dictionary) {
  std::sort(dictionary.events.begin(), dictionary.events.end(),
            [](const Event &a, const Event &b) { return a.name < b.name; });
  std::sort(dictionary.metrics.begin(), dictionary.metrics.end(), [](const Metric &a, const Metric &b) {
    return std::tie(a.key_path, a.definition.text) < std::tie(b.key_path, b.definition.text);
  });
  resolve_components(dictionary.metrics);
  core::PageNames event_pages;
  for (Event &event : dictionary.events) event.page = event_pages.take(event.name);
  core::PageNames metric_pages;
  for (Metric &metric : dictionary.metrics) metric.page = metric_pages.take(metric.key_path);
  return dictionary;
}

// A row of a definition and its path.
Definition loaded_definition(const Row &row) {
  json definition = core::parse_json(row[0].value());
  std::string text = core::to_yaml(core::in_usual_order(definition));
  return {std::move(definition), row[1].value_or(""), std::move(text), false};
}

// Metrics that no file defines: what the view says of them is all that a reader may know.
constexpr const char *built_in_metrics =
    "SELECT jsonb_strip_nulls(jsonb_build_object('key_path', m.key_path, 'description', m.description, 'status', "
    "m.status, 'time_frame', m.time_frame, 'data_source', m.data_source, 'value_type', m.value_type, 'data_category', "
    "m.data_category, 'product_group', m.product_group, 'tiers', nullif(m.tiers, '{}'))), m.path "
    "FROM internal_events.metrics m WHERE NOT m.key_path = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))";

}  // namespace

std::optional<Dictionary> read_files(const std::vector<std::string> &paths) {
  std::vector<core::CheckedFile> files = core::check_definitions(read_definitions(paths).definitions, {});
  if (files.empty()) throw Failure("no definition files found", "Name a folder that holds .yml files.", Exit::usage);
  std::sort(files.begin(), files.end(),
            [](const core::CheckedFile &a, const core::CheckedFile &b) { return a.path < b.path; });
  if (report_problems(files, "text")) return std::nullopt;
  Dictionary dictionary;
  for (core::CheckedFile &file : files) {
    if (file.event) {
      add_event(dictionary, {core::parse_json(file.event->json), std::move(file.path), std::move(file.text), false});
    } else if (file.metric) {
      add_metric(dictionary, {core::parse_json(file.metric->json), std::move(file.path), std::move(file.text), false});
    }
  }
  return completed(std::move(dictionary));
}

Dictionary read_loaded(Database &database) {
  Dictionary dictionary;
  for (const Row &row : database.run("SELECT e.definition, e.path FROM internal_events.event_definitions e")) {
    add_event(dictionary, loaded_definition(row));
  }
  for (const Row &row : database.run("SELECT d.definition, d.path FROM internal_events.metric_definitions d")) {
    add_metric(dictionary, loaded_definition(row));
  }
  json key_paths = json::array();
  for (const Metric &metric : dictionary.metrics) key_paths.push_back(metric.key_path);
  for (const Row &row : database.run(built_in_metrics, {core::json_text(key_paths)})) {
    Definition definition = loaded_definition(row);
    definition.is_built_in = true;
    add_metric(dictionary, definition);
  }
  return completed(std::move(dictionary));
}

}  // namespace internal_events::cli::dictionary
