#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/definitions/selection_rule.hpp"
#include "core/problem.hpp"

namespace internal_events::core {

enum class Kind { event, metric, instrumentation };

struct EventDefinition {
  std::string name;  // the file's `action`
  std::string category;
  bool removed = false;
  std::vector<std::string> identifiers;            // sorted, without duplicates
  std::vector<std::string> additional_properties;  // declared names, sorted
  std::string json;                                // the whole file, retired keys included
};

// A metric is reported once for each of its time frames, under a key path of its own.
struct TimeFrame {
  std::string name;  // "7d", "28d", "all", "none"
  std::string key_path;
  std::vector<std::string> components;  // reported key paths that the value is made of, in the order of the file
};

struct MetricDefinition {
  std::string key_path;  // as written
  std::string status;    // "active", "removed" or "broken"; GitLab's older words are read as these
  std::string data_source;
  std::vector<TimeFrame> time_frames;
  std::vector<SelectionRule> rules;  // of data source internal_events; sorted by canonical text
  std::string instrumentation;       // canonical JSON with `kind` and defaults; empty where the file has none
  std::string instrumentation_class;
  std::string options;  // canonical JSON; empty where the file has none
  std::string json;
};

// What the name of an instrumentation class stands for, to all metrics or to those with the same options.
struct InstrumentationDefinition {
  std::string class_name;
  std::string options;          // canonical JSON; empty: any
  std::string instrumentation;  // canonical JSON with `kind` and defaults
  std::string json;
};

// What the rest of the installation knows, as far as a metric needs it.
struct KnownEvent {
  bool removed = false;
  std::set<std::string> additional_properties;
};

struct KnownMetric {
  std::string time_frame;
  std::string value_type;
  std::string unique;          // what an event metric counts once; empty: it counts no uniques
  bool counts_events = false;  // it has rules
};

struct Catalog {
  std::map<std::string, KnownEvent> events;
  std::map<std::string, std::string> key_paths;  // reported key path -> written key path of the metric that owns it
  std::map<std::string, KnownMetric> metrics;    // by reported key path
};

template <typename Definition>
struct Parsed {
  std::optional<Definition> definition;  // absent where an error was found
  Problems problems;
};

struct ParseOptions {
  bool strict = false;  // a key that no version knows is an error, not a warning
};

Parsed<EventDefinition> parse_event(std::string_view yaml, ParseOptions options = {});
Parsed<MetricDefinition> parse_metric(std::string_view yaml, const Catalog &catalog, ParseOptions options = {});
Parsed<InstrumentationDefinition> parse_instrumentation(std::string_view yaml, ParseOptions options = {});

// The reported key path that a component stands for in a time frame of a metric: itself, or what a metric with a list
// of time frames reports it under; none where no metric is known by either.
std::optional<std::string> resolve_component(const std::string &component, const std::string &time_frame,
                                             const Catalog &catalog);

// Event names and key paths that `parse_metric` will ask the catalog for; empty for a file it cannot read.
struct CatalogNeeds {
  std::vector<std::string> events;
  std::vector<std::string> key_paths;   // reported ones; their ancestors and descendants matter too
  std::vector<std::string> components;  // reported key paths that what the file names as components may stand for
};
CatalogNeeds catalog_needs(std::string_view yaml);

// What a file defines, by its keys: an event, named by its action, a metric, named by its key path, or an
// instrumentation, named by its class and, after a space, its options; the name is empty where it is missing, and there
// is nothing where a file is none of these.
struct Identity {
  Kind kind = Kind::event;
  std::string name;
};
std::optional<Identity> identify(std::string_view yaml);

}  // namespace internal_events::core
