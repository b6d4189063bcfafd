// What a dictionary says, before it is pages.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/database.hpp"

namespace internal_events::cli::dictionary {

// What was counted on a day; null where its buckets have been merged.
struct Day {
  std::string date;
  Value value;
};

// What a database says of a definition that is loaded there.
struct Loaded {
  bool differs = false;  // the definition there is another one
  std::string status;
  std::string remedy;
  std::string period_start;
  std::string period_end;
  std::string standard_error;
  std::string view;  // qualified and quoted; empty: there is none
  std::string sql;   // the view's
  Value value;       // as JSON
  std::string failure;
  std::vector<Day> history;
};

// One definition, of an event or of a metric.
struct Definition {
  nlohmann::json json;
  std::string path;  // empty: nobody knows
  std::string text;  // the file, or the same as YAML
  bool is_built_in = false;
};

// What is reported under a key path: one time frame of a metric definition.
struct Metric {
  std::string key_path;
  std::string time_frame;
  Definition definition;
  std::vector<std::string> components;  // key paths of the metrics that it is made of
  std::optional<Loaded> loaded;
  std::string page;
};

struct Event {
  std::string name;
  Definition definition;
  std::optional<Loaded> loaded;
  std::string page;
};

// The database that was asked, and when.
struct Source {
  std::string database;
  std::string moment;
  std::string today;
  bool with_values = true;
};

struct Dictionary {
  std::string title;
  std::optional<Source> source;
  std::vector<Metric> metrics;  // by key path
  std::vector<Event> events;    // by name
};

}  // namespace internal_events::cli::dictionary
