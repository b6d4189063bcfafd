// The monitor's screen, as lines of text.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/monitor/board.hpp"
#include "cli/monitor/columns.hpp"

namespace internal_events::cli::monitor {

// What the screen shows.
struct View {
  std::vector<std::string> names;
  Board board;
  bool is_paused = false;
  std::size_t waiting_events = 0;  // came since the pause
  std::string problem;             // why the last look failed
  bool is_late = false;            // the next one takes too long
  std::chrono::steady_clock::time_point heard;
  std::chrono::milliseconds pause{0};  // between two looks
  std::chrono::milliseconds interval{0};
  std::size_t first_metric = 0;  // how far the metrics are scrolled
};

// At most `height` lines of at most `width` columns; the last one lists the keys.
std::vector<Line> lay_out(const View &view, std::size_t width, std::size_t height);

// How many metrics lay_out() shows at once.
std::size_t visible_metrics(const View &view, std::size_t height);

}  // namespace internal_events::cli::monitor
