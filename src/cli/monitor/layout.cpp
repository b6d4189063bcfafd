#include "cli/monitor/layout.hpp"

#include <algorithm>
#include <utility>

#include "cli/monitor/texts.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/text.hpp"

namespace internal_events::cli::monitor {
namespace {

constexpr std::size_t fewest_event_lines = 5;
// Of a metric's name as much is shown as fits beside the columns but DAYS, which say less; these take so much with
// gaps.
constexpr std::size_t least_name = 16;
constexpr std::size_t other_columns = 34;
// From how many times the usual pause on a user is told of it.
constexpr int slow_factor = 3;

// A line with something at its left and something at its right end; where both do not fit, the left one is cut.
Line justified(const std::string &left, const std::string &right, std::size_t width, Mark mark) {
  const std::size_t room = width > display_width(right) ? width - display_width(right) : 0;
  const std::string cut = cut_to_width(left, room);
  const std::size_t taken = std::min(display_width(cut), room);
  return {{cut + std::string(room - taken, ' ') + right, mark}};
}

// Whether what is shown is what is.
std::string state_of(const View &view) {
  if (!view.problem.empty()) return "no connection";
  if (view.is_late) return "waiting for an answer";
  return view.is_paused ? "paused" : "live";
}

// What it is, where, and how far it is; the names of the events; what days are counted; what is amiss.
std::vector<Line> head(const View &view, std::size_t width) {
  const Look &last = view.board.last();
  std::vector<Line> lines;
  lines.push_back(justified(" internal-events monitor  " + shown(last.database),
                            "  " + state_of(view) + "  " + local_time(last.taken, last.taken) + ' ', width,
                            Mark::title));
  lines.push_back({{' ' + shown(core::joined(view.names)), Mark::strong}});
  lines.push_back(
      {{" Today included: 7d and 28d as a ping of Monday " + last.as_of + " would count them", Mark::faint}});
  if (!view.problem.empty()) {
    lines.push_back({{" Trying again: " + shown(view.problem), Mark::warning}});
  } else if (view.pause > slow_factor * view.interval) {
    lines.push_back(
        {{" A look takes long, so there is one every " + std::to_string(view.pause.count() / 1000) + " s only",
          Mark::warning}});
  }
  for (const std::string &note : last.notes) lines.push_back({{' ' + note, Mark::warning}});
  return lines;
}

// Of metrics and events together, how many lines the metrics get.
std::size_t metric_lines(const View &view, std::size_t head_lines, std::size_t height) {
  // Two blank lines, two headings, the line above the events, the keys.
  const std::size_t fixed = head_lines + 6;
  const std::size_t room = height > fixed ? height - fixed : 0;
  const std::size_t events = std::min(room / 2, std::max(view.board.events().size(), fewest_event_lines));
  return std::min(view.board.metrics().size(), room - events);
}

std::vector<Line> metric_table(const View &view, std::size_t count, std::size_t width) {
  const std::vector<WatchedMetric> &metrics = view.board.metrics();
  const std::size_t first = std::min(view.first_metric, metrics.size() - count);
  std::string heading = "METRIC";
  if (count < metrics.size()) {
    heading += " " + std::to_string(first + 1) + " to " + std::to_string(first + count) + " of " +
               std::to_string(metrics.size());
  }
  std::vector<Column> columns{{heading, {}, 0},
                              {"FRAME", {}, 5, 1},
                              {"DAYS", {}, 24, 3},
                              {"INITIAL", {}, 7, 2, true},
                              {"CURRENT", {}, 7, 0, true},
                              {"CHANGE", {}, 6, 0, true}};
  for (std::size_t m = first; m < first + count; ++m) {
    const auto &[metric, initial, previous] = metrics[m];
    const std::string change = change_between(initial, metric.value);
    const bool is_fresh = previous != metric.value;
    columns[0].narrowest = std::max(columns[0].narrowest, display_width(shown(metric.key_path)));
    columns[0].cells.push_back({shown(metric.key_path), is_fresh ? Mark::strong : Mark::plain});
    columns[1].cells.push_back({metric.time_frame});
    columns[2].cells.push_back({period(metric), Mark::faint});
    columns[3].cells.push_back({value(metric, initial)});
    columns[4].cells.push_back({value(metric, metric.value), change.empty() ? Mark::plain : Mark::strong});
    columns[5].cells.push_back({change, Mark::rising});
  }
  columns[0].narrowest = std::min(columns[0].narrowest, std::max(least_name, width - std::min(width, other_columns)));
  return table(std::move(columns), width);
}

std::vector<Line> event_table(const View &view, std::size_t count, std::size_t width) {
  std::vector<Column> columns{{"TIME", {}, 8},
                              {"EVENT", {}, 12},
                              {"USER", {}, 4, 0, true},
                              {"PROJECT", {}, 7, 3, true},
                              {"NAMESPACE", {}, 9, 4, true},
                              {"PROPERTIES", {}, 16, 1},
                              {"CATEGORY", {}, 8, 5, false, true}};
  for (std::size_t e = 0; e < std::min(count, view.board.events().size()); ++e) {
    const auto &[event, is_fresh] = view.board.events()[e];
    const Mark mark = is_fresh ? Mark::strong : Mark::plain;
    columns[0].cells.push_back({local_time(event.tracked, view.board.last().taken), mark});
    columns[1].cells.push_back({shown(event.name), mark});
    columns[2].cells.push_back({shown(event.user_id), mark});
    columns[3].cells.push_back({shown(event.project_id), mark});
    columns[4].cells.push_back({shown(event.namespace_id), mark});
    columns[5].cells.push_back({properties(event), mark});
    columns[6].cells.push_back({shown(event.category), Mark::faint});
  }
  return table(std::move(columns), width);
}

// How many events there have been, and for how long they have been counted.
Line event_summary(const View &view) {
  const Board &board = view.board;
  std::string text =
      ' ' + counted(board.event_count(), "event") + " since " + local_time(board.begun(), board.last().taken);
  if (view.is_paused && view.waiting_events > 0)
    text += ", " + std::to_string(view.waiting_events) + " more since the pause";
  return {{text, Mark::strong}};
}

Line keys(const View &view, bool can_scroll) {
  Line line{{" p", Mark::strong},   {view.is_paused ? " continue" : " pause"},
            {"   r", Mark::strong}, {" reset"},
            {"   q", Mark::strong}, {" quit"}};
  if (can_scroll) line.insert(line.end(), {{"   up, down", Mark::strong}, {" more metrics"}});
  return line;
}

// Cuts a line to the terminal's width, and leaves out what cannot be seen.
Line cut(const Line &line, std::size_t width) {
  Line shown;
  std::size_t taken = 0;
  for (const Span &span : line) {
    if (taken >= width) break;
    shown.push_back({cut_to_width(span.text, width - taken), span.mark});
    taken += display_width(shown.back().text);
  }
  return shown;
}

}  // namespace

std::size_t visible_metrics(const View &view, std::size_t height) {
  return metric_lines(view, head(view, 1).size(), height);
}

std::vector<Line> lay_out(const View &view, std::size_t width, std::size_t height) {
  std::vector<Line> lines = head(view, width);
  const std::size_t metrics = metric_lines(view, lines.size(), height);
  const auto add = [&](const std::vector<Line> &more) { lines.insert(lines.end(), more.begin(), more.end()); };
  if (metrics > 0) {
    lines.emplace_back();
    add(metric_table(view, metrics, width));
  }
  if (view.board.last().is_log_readable) {
    lines.emplace_back();
    lines.push_back(event_summary(view));
    if (lines.size() + 2 < height) add(event_table(view, height - lines.size() - 2, width));
  }
  lines.resize(height > 0 ? height - 1 : 0);
  if (height > 0) lines.push_back(keys(view, metrics < view.board.metrics().size()));
  for (Line &line : lines) line = cut(line, width);
  return lines;
}

}  // namespace internal_events::cli::monitor
