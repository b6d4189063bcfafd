#include <algorithm>
#include <array>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

#include "core/definitions/calculation.hpp"
#include "core/definitions/components.hpp"
#include "core/definitions/definition.hpp"
#include "core/definitions/key_paths.hpp"
#include "core/definitions/schema.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {
namespace {

constexpr std::array<std::string_view, 7> keys_of_events = {"action",           "additional_properties", "category",
                                                            "extra_properties", "extra_trackers",        "identifiers",
                                                            "internal_events"};
constexpr std::array<std::string_view, 8> keys_of_metrics = {
    "data_category",         "data_source", "events",     "full_path",
    "instrumentation_class", "key_path",    "time_frame", "value_type"};
constexpr std::array<std::string_view, 2> keys_of_instrumentations = {"instrumentation", "instrumentation_class"};
constexpr std::array<std::string_view, 4> keys_of_metrics_alone = {"data_source", "key_path", "time_frame",
                                                                   "value_type"};

// The event names of a metric's rules.
std::set<std::string> event_names(const nlohmann::json &metric) {
  std::set<std::string> names;
  for (const nlohmann::json &rule : member_of(metric, "events")) {
    const nlohmann::json &name = member_of(rule, "name");
    if (name.is_string()) names.insert(name.get<std::string>());
  }
  return names;
}

// How many of a mapping's keys are among the given ones.
template <typename Keys>
std::ptrdiff_t count_keys(const YamlNode &mapping, const Keys &keys) {
  return std::count_if(mapping.children.begin(), mapping.children.end(),
                       [&](const YamlNode &member) { return contains(keys, member.key); });
}

// The text of a member of a mapping; empty where there is none.
std::string member_text(const YamlNode &mapping, std::string_view key) {
  for (const YamlNode &member : mapping.children) {
    if (member.key == key) return member.text;
  }
  return {};
}

// The kind of definition that a mapping's keys make it.
std::optional<Kind> kind_of(const YamlNode &mapping) {
  const bool is_instrumentation =
      count_keys(mapping, keys_of_instrumentations) == 2 && count_keys(mapping, keys_of_metrics_alone) == 0;
  if (is_instrumentation) return Kind::instrumentation;
  const auto of_event = count_keys(mapping, keys_of_events);
  const auto of_metric = count_keys(mapping, keys_of_metrics);
  if (of_event == 0 && of_metric == 0) return std::nullopt;
  return of_event > of_metric ? Kind::event : Kind::metric;
}

// The class of an instrumentation and, after a space, its options; empty where it has no class.
std::string instrumentation_name(std::string_view yaml) {
  Problems ignored;
  const std::optional<Document> document = read_document(yaml, schema_of(Kind::instrumentation), ignored);
  const nlohmann::json file = document ? document->json : nlohmann::json();
  const nlohmann::json &name = member_of(file, "instrumentation_class");
  if (!name.is_string()) return "";
  const std::string options = canonical_options(file);
  return name.get<std::string>() + (options.empty() ? "" : " ") + options;
}

}  // namespace

CatalogNeeds catalog_needs(std::string_view yaml) try {
  CatalogNeeds needs;
  Problems ignored;
  const std::optional<Document> document = read_document(yaml, schema_of(Kind::metric), ignored);
  if (!document) return needs;
  const std::set<std::string> events = event_names(document->json);
  needs.events.assign(events.begin(), events.end());
  const std::vector<TimeFrame> time_frames = time_frames_of(document->json);
  for (const TimeFrame &frame : time_frames) needs.key_paths.push_back(frame.key_path);
  needs.components = component_candidates(document->json, time_frames);
  return needs;
} catch (const std::bad_alloc &) {
  throw;
} catch (const std::exception &) {
  return {};
}

std::optional<Identity> identify(std::string_view yaml) try {
  Problems ignored;
  const std::optional<YamlNode> tree = read_yaml(yaml, ignored);
  if (!tree) return std::nullopt;
  const std::optional<Kind> kind = kind_of(*tree);
  if (!kind) return std::nullopt;
  if (kind == Kind::instrumentation) return Identity{*kind, instrumentation_name(yaml)};
  return Identity{*kind, member_text(*tree, kind == Kind::event ? "action" : "key_path")};
} catch (const std::bad_alloc &) {
  throw;
} catch (const std::exception &) {
  return std::nullopt;
}

}  // namespace internal_events::core
