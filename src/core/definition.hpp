#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"
#include "core/selection_rule.hpp"

namespace internal_events::core {

enum class Kind { event, metric };

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
};

struct MetricDefinition {
  std::string key_path;  // as written
  std::string status;    // "active", "removed" or "broken"; GitLab's older words are read as these
  std::string data_source;
  std::vector<TimeFrame> time_frames;
  std::vector<SelectionRule> rules;  // of data source internal_events; sorted by canonical text
  std::string json;
};

// What the rest of the installation knows, as far as a metric's rules need it.
struct KnownEvent {
  bool removed = false;
  std::set<std::string> additional_properties;
};

struct Catalog {
  std::map<std::string, KnownEvent> events;
  std::map<std::string, std::string> key_paths;  // reported key path -> written key path of the metric that owns it
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

// Event names and key paths that `parse_metric` will ask the catalog for; empty for a file it cannot read.
struct CatalogNeeds {
  std::vector<std::string> events;
  std::vector<std::string> key_paths;  // reported ones; their ancestors and descendants matter too
};
CatalogNeeds catalog_needs(std::string_view yaml);

// What a file defines, by its keys: an event, named by its action, or a metric, named by its key path; the name is
// empty where it is missing, and there is nothing where a file is neither.
struct Identity {
  Kind kind = Kind::event;
  std::string name;
};
std::optional<Identity> identify(std::string_view yaml);

}  // namespace internal_events::core
