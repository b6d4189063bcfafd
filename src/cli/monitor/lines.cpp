#include "cli/monitor/lines.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/words.hpp"
#include "core/json.hpp"
#include "cli/monitor/texts.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli::monitor {
namespace {

using Json = nlohmann::ordered_json;

// A text that is JSON, as JSON; null where there is none, a text where it cannot be read.
Json parsed(const Value &text) {
  if (!text) return nullptr;
  Json json = core::parse_foreign_json<Json>(*text);
  return json.is_discarded() ? Json(*text) : json;
}

Json text_or_null(const Value &text) {
  return text ? Json(*text) : Json();
}

Json to_json(const Event &event) {
  return {{"id", event.id},
          {"event", event.name},
          {"tracked_at", event.tracked_at},
          {"occurred_at", text_or_null(event.occurred_at)},
          {"user_id", parsed(event.user_id)},
          {"project_id", parsed(event.project_id)},
          {"namespace_id", parsed(event.namespace_id)},
          {"category", event.category},
          {"additional_properties", parsed(event.additional_properties)}};
}

Json to_json(const Metric &metric) {
  return {{"key_path", metric.key_path},
          {"time_frame", metric.time_frame},
          {"period_start", text_or_null(metric.period_start)},
          {"period_end", text_or_null(metric.period_end)},
          {"status", metric.status},
          {"value", parsed(metric.value)}};
}

std::string line_of(const Event &event) {
  const std::string properties = monitor::properties(event);
  return event.tracked_at + "  event   " + shown(event.name) + "  user=" + shown(event.user_id) +
         " project=" + shown(event.project_id) + " namespace=" + shown(event.namespace_id) +
         (properties.empty() ? "" : ' ' + properties);
}

std::string line_of(const WatchedMetric &watched, const std::string &taken_at) {
  const Metric &metric = watched.metric;
  const std::string change = change_between(watched.previous, metric.value);
  return taken_at + "  metric  " + shown(metric.key_path) + "  " + shown(watched.previous) + " -> " +
         shown(metric.value) + (change.empty() ? "" : " (" + change + ')');
}

void print_event(const Event &event, bool is_json) {
  if (!is_json) {
    std::cout << line_of(event) << '\n';
    return;
  }
  Json json = {{"type", "event"}};
  json.update(to_json(event));
  std::cout << core::json_text(json) << '\n';
}

void print_change(const WatchedMetric &watched, const std::string &taken_at, bool is_json) {
  if (!is_json) {
    std::cout << line_of(watched, taken_at) << '\n';
    return;
  }
  Json json = {{"type", "metric"}, {"read_at", taken_at}};
  json.update(to_json(watched.metric));
  json.update({{"previous", parsed(watched.previous)}, {"initial", parsed(watched.initial)}});
  std::cout << core::json_text(json) << '\n';
}

// Prints what a look has brought, the oldest event first.
void print_news(const Look &look, const Board &board, bool is_json) {
  std::for_each(look.events.rbegin(), look.events.rend(), [&](const Event &event) { print_event(event, is_json); });
  for (const WatchedMetric &watched : board.metrics()) {
    if (watched.previous != watched.metric.value) print_change(watched, look.taken_at, is_json);
  }
  std::cout << std::flush;
  if (look.new_events > look.events.size()) {
    std::cerr << counted(look.new_events - look.events.size(), "more event") << " came at once and are not printed\n";
  }
}

// Says on standard error that looks fail, or succeed again; once each.
void report_change(const std::string &problem, std::string &reported) {
  if (problem == reported) return;
  const Style style = style_of(Stream::error);
  if (problem.empty()) {
    std::cerr << style.green("The database answers again.") << '\n';
  } else {
    std::cerr << style.yellow(shown(problem)) << "; trying again\n";
  }
  reported = problem;
}

}  // namespace

void print_look(std::ostream &out, const Look &look) {
  std::vector<std::vector<std::string>> rows;
  for (const Metric &metric : look.metrics) {
    rows.push_back({shown(metric.key_path), metric.time_frame, period(metric), value(metric, metric.value)});
  }
  if (!rows.empty()) print_table(out, {"METRIC", "FRAME", "DAYS", "VALUE"}, rows);
  rows.clear();
  for (const Event &event : look.events) {
    rows.push_back({event.tracked_at, shown(event.name), shown(event.user_id), shown(event.project_id),
                    shown(event.namespace_id), shown(event.category), properties(event)});
  }
  if (rows.empty()) return;
  if (!look.metrics.empty()) out << '\n';
  print_table(out, {"TIME", "EVENT", "USER", "PROJECT", "NAMESPACE", "CATEGORY", "PROPERTIES"}, rows);
}

void print_json(std::ostream &out, const Look &look, const std::vector<std::string> &names) {
  Json json = {{"database", look.database}, {"read_at", look.taken_at}, {"as_of", look.as_of}, {"events", names},
               {"metrics", Json::array()},  {"last_events", nullptr},   {"notes", look.notes}};
  for (const Metric &metric : look.metrics) json["metrics"].push_back(to_json(metric));
  if (look.is_log_readable) json["last_events"] = Json::array();
  for (const Event &event : look.events) json["last_events"].push_back(to_json(event));
  out << core::json_text(json, core::indented) << '\n';
}

void follow(Feed &feed, Board board, bool is_json) {
  std::string reported;
  for (;;) {
    for (const Update &update : feed.wait()) {
      report_change(update.problem, reported);
      if (!update.look) continue;
      board.apply(*update.look);
      print_news(*update.look, board, is_json);
    }
  }
}

}  // namespace internal_events::cli::monitor
