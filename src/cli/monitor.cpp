#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/monitor/feed.hpp"
#include "cli/monitor/layout.hpp"
#include "cli/monitor/lines.hpp"
#include "cli/monitor/screen.hpp"
#include "cli/monitor/texts.hpp"
#include "cli/monitor/watcher.hpp"
#include "cli/terminal.hpp"
#include "cli/words.hpp"

namespace internal_events::cli {
namespace {

constexpr std::chrono::milliseconds patience_for_a_key{100};
constexpr std::chrono::seconds patience_for_a_look{3};
// A screen shows no more of a look; lines are to show all.
constexpr std::size_t most_events_on_screen = 200;
constexpr std::size_t most_events_in_lines = 100'000;

struct MonitorOptions {
  std::vector<std::string> events;
  std::string dbname;
  double interval = 1;
  bool once = false;
  bool json = false;
};

// Moves the first shown metric, by a key.
void scroll(monitor::View &view, monitor::Key key, std::size_t height) {
  const std::size_t shown = monitor::visible_metrics(view, height);
  const std::size_t last = view.board.metrics().size() - shown;
  const std::size_t page = std::max<std::size_t>(shown, 1);
  std::size_t &first = view.first_metric;
  if (key == monitor::Key::up) first -= std::min<std::size_t>(first, 1);
  if (key == monitor::Key::page_up) first -= std::min(first, page);
  if (key == monitor::Key::down) first += 1;
  if (key == monitor::Key::page_down) first += page;
  first = std::min(first, last);
}

// Takes what the feed has brought into the board; of a view that is paused, it counts events alone. Says whether
// anything is to be drawn.
bool take_updates(monitor::Feed &feed, monitor::Board &board, monitor::View &view) {
  const std::vector<monitor::Update> updates = feed.take();
  const auto now = std::chrono::steady_clock::now();
  if (!updates.empty()) view.heard = now;
  const bool was_late = std::exchange(view.is_late, now - view.heard > view.pause + patience_for_a_look);
  for (const monitor::Update &update : updates) {
    if (update.look) board.apply(*update.look);
    view.problem = update.problem;
    view.pause = update.pause;
  }
  if (!view.is_paused && !updates.empty()) view.board = board;
  view.waiting_events = board.event_count() - view.board.event_count();
  return !updates.empty() || view.is_late != was_late;
}

void press(monitor::Key key, monitor::Board &board, monitor::View &view, std::size_t height) {
  if (key == monitor::Key::pause) view.is_paused = !view.is_paused;
  if (key == monitor::Key::reset) board.reset();
  if (key == monitor::Key::reset || !view.is_paused) view.board = board;
  scroll(view, key, height);
}

// Shows what happens until q is pressed.
void watch(monitor::Feed &feed, monitor::Board board, monitor::View view) {
  monitor::Screen screen(style_of(Stream::output).is_coloured());
  bool is_changed = true;
  for (;;) {
    is_changed = take_updates(feed, board, view) || is_changed;
    if (is_changed) screen.show(monitor::lay_out(view, screen.width(), screen.height()));
    const monitor::Key key = screen.next_key(patience_for_a_key);
    if (key == monitor::Key::quit) return;
    is_changed = key != monitor::Key::none;
    if (is_changed) press(key, board, view, screen.height());
  }
}

Exit run_monitor(const MonitorOptions &options) {
  const bool has_screen = !options.once && !options.json && monitor::Screen::is_possible();
  monitor::Watcher watcher(options.dbname, options.events, has_screen ? most_events_on_screen : most_events_in_lines);
  const monitor::Look first = watcher.look();
  if (options.once && options.json) {
    monitor::print_json(std::cout, first, options.events);
    return Exit::good;
  }
  if (!has_screen) {
    for (const std::string &note : first.notes) std::cerr << style_of(Stream::error).yellow(note) << '\n';
  }
  if (options.once) {
    monitor::print_look(std::cout, first);
    std::cerr << "Today included: 7d and 28d as a ping of Monday " << first.as_of << " would count them\n";
    return Exit::good;
  }
  monitor::Board board;
  board.apply(first);
  const std::chrono::milliseconds interval(static_cast<long>(options.interval * 1000));
  monitor::Feed feed(std::move(watcher), interval);
  if (!has_screen) {
    std::cerr << "Watching " << counted(options.events.size(), "event") << " and "
              << counted(first.metrics.size(), "metric") << "; Ctrl-C ends it\n";
    monitor::follow(feed, std::move(board), options.json);
  }
  monitor::View view;
  view.names = options.events;
  view.board = board;
  view.interval = view.pause = interval;
  view.heard = std::chrono::steady_clock::now();
  watch(feed, std::move(board), std::move(view));
  return Exit::good;
}

}  // namespace

void add_monitor(Command app) {
  auto options = std::make_shared<MonitorOptions>();
  Command command = app.add_command("monitor", "Watch events and the metrics that they feed, live",
                                    "  internal-events monitor issue_created --dbname app\n"
                                    "  internal-events monitor issue_created issue_closed --interval 5\n"
                                    "  internal-events monitor issue_created --once --json\n"
                                    "  internal-events monitor issue_created | tee events.log");
  command.add_option("EVENT", options->events, "Names of events").required();
  add_dbname(command, options->dbname);
  command.add_option("--interval", options->interval, "Seconds between two looks at the database")
      .type("SECONDS")
      .between(0.1, 3600.0)
      .check([](const std::string &text) {
        return text.find_first_not_of("0123456789.") == std::string::npos ? "" : "Not a number of seconds: " + text;
      })
      .shows_default();
  command.add_flag("--once", options->once, "Print values and last events as they are now, and end");
  add_json(command, options->json);
  command.on_run([options] { return run_monitor(*options); });
}

}  // namespace internal_events::cli
