#include "cli/dictionary/measurements.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::text_of;
using nlohmann::json;

// Things of one kind, by name. Of those with the same key path the first is meant, but for removed ones.
template <typename Thing>
using ByName = std::map<std::string, Thing *>;

ByName<Metric> by_name(std::vector<Metric> &metrics) {
  ByName<Metric> found;
  for (Metric &metric : metrics) {
    if (text_of(metric.definition.json, "status") != "removed") found.emplace(metric.key_path, &metric);
  }
  for (Metric &metric : metrics) found.emplace(metric.key_path, &metric);
  return found;
}

ByName<Event> by_name(std::vector<Event> &events) {
  ByName<Event> found;
  for (Event &event : events) found.emplace(event.name, &event);
  return found;
}

// Looks up what a row is about; null where the dictionary does not have it.
template <typename Thing>
Thing *find(const ByName<Thing> &things, const Row &row) {
  const auto found = things.find(row[0].value_or(""));
  return found == things.end() ? nullptr : found->second;
}

// Notes which events are loaded, and whether as the dictionary has them.
void add_events(Database &database, const ByName<Event> &events) {
  for (const Row &row :
       database.run("SELECT e.name, e.status, e.definition FROM internal_events.event_definitions e")) {
    if (Event *event = find(events, row)) {
      event->loaded.emplace();
      event->loaded->status = row[1].value_or("");
      event->loaded->differs = core::parse_json(row[2].value()) != event->definition.json;
    }
  }
}

void add_metrics(Database &database, const ByName<Metric> &metrics) {
  const std::vector<Row> rows = database.run(
      "SELECT m.key_path, m.status, m.remedy, m.period_start, m.period_end, m.standard_error, m.view, "
      "ltrim(pg_get_viewdef(to_regclass(m.view), true)) "
      "FROM (SELECT *, CASE WHEN view_name IS NOT NULL THEN format('%I.%I', internal_events.metrics_schema(), "
      "view_name) "
      "END AS view FROM internal_events.metrics) m");
  for (const Row &row : rows) {
    if (Metric *metric = find(metrics, row)) {
      Loaded &loaded = metric->loaded.emplace();
      loaded.status = row[1].value_or("");
      loaded.remedy = row[2].value_or("");
      loaded.period_start = row[3].value_or("");
      loaded.period_end = row[4].value_or("");
      loaded.standard_error = row[5].value_or("");
      loaded.view = row[6].value_or("");
      loaded.sql = row[7].value_or("");
    }
  }
}

// Notes where a metric's loaded definition is another one than the dictionary's.
void compare_metrics(Database &database, std::vector<Metric> &metrics) {
  std::map<std::string, json> definitions;
  for (const Row &row : database.run("SELECT d.key_path, d.definition FROM internal_events.metric_definitions d")) {
    definitions[row[0].value()] = core::parse_json(row[1].value());
  }
  for (Metric &metric : metrics) {
    const auto found = definitions.find(text_of(metric.definition.json, "key_path"));
    if (metric.loaded && !metric.definition.is_built_in) {
      metric.loaded->differs = found == definitions.end() || found->second != metric.definition.json;
    }
  }
}

// Adds rows of name, day and value to the things they are about.
template <typename Thing>
void add_history(const std::vector<Row> &rows, const ByName<Thing> &things) {
  for (const Row &row : rows) {
    Thing *thing = find(things, row);
    if (thing != nullptr && thing->loaded) thing->loaded->history.push_back({row[1].value_or(""), row[2]});
  }
}

// Adds the values of metrics of events, which are one query together.
void add_event_values(Database &database, const ByName<Metric> &metrics) {
  json key_paths = json::array();
  for (const auto &[key_path, metric] : metrics) {
    if (metric->loaded && !metric->loaded->history.empty()) key_paths.push_back(key_path);
  }
  const std::vector<Row> rows = database.run(
      "SELECT v.key_path, v.value FROM internal_events.metric_values v "
      "WHERE v.key_path = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))",
      {core::json_text(key_paths)});
  for (const Row &row : rows) {
    if (Metric *metric = find(metrics, row)) metric->loaded->value = row[1];
  }
}

// Adds the values of all other metrics, one by one: each may fail, and says why.
void add_other_values(Database &database, const ByName<Metric> &metrics) {
  std::vector<Metric *> others;
  for (const auto &[key_path, metric] : metrics) {
    if (metric->loaded && !metric->loaded->view.empty() && metric->loaded->history.empty()) others.push_back(metric);
  }
  Progress progress("Asking for values", others.size());
  for (Metric *metric : others) {
    try {
      metric->loaded->value = database.value("SELECT internal_events.metric_value($1)", {metric->key_path});
    } catch (const DatabaseError &error) {
      if (error.sqlstate.empty()) throw;  // the connection, not the metric
      metric->loaded->failure = error.what();
      if (!error.remedy.empty()) metric->loaded->failure += "\n" + error.remedy;
    }
    progress.advance();
  }
}

}  // namespace

void add_loaded(Database &database, Dictionary &dictionary, bool with_values) {
  const ByName<Metric> metrics = by_name(dictionary.metrics);
  const ByName<Event> events = by_name(dictionary.events);
  database.run("SET DateStyle = 'ISO'");
  Transaction transaction(database);
  database.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  const Row now = database.run(
      "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), "
      "(now() AT TIME ZONE 'UTC')::date")[0];
  dictionary.source = Source{database.description(), now[0].value() + " UTC", now[1].value(), with_values};
  add_events(database, events);
  add_metrics(database, metrics);
  compare_metrics(database, dictionary.metrics);
  if (with_values) {
    add_history(
        database.run("SELECT h.event_name, h.day, h.total FROM internal_events.event_history() h ORDER BY h.day"),
        events);
    add_history(
        database.run("SELECT h.key_path, h.day, h.value FROM internal_events.metric_history() h ORDER BY h.day"),
        metrics);
    add_event_values(database, metrics);
  }
  transaction.commit();
  if (with_values) add_other_values(database, metrics);
}

}  // namespace internal_events::cli::dictionary
