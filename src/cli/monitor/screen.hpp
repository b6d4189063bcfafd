// The terminal, by ncurses. Nothing else includes its header.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "cli/monitor/columns.hpp"

struct screen;

namespace internal_events::cli::monitor {

enum class Key { none, pause, reset, quit, up, down, page_up, page_down, resized };

// The whole terminal, from construction to destruction. There may be one.
class Screen {
 public:
  // Whether standard input and output are a terminal on which text can be placed.
  static bool is_possible();

  explicit Screen(bool is_coloured);
  ~Screen();
  Screen(const Screen &) = delete;
  Screen &operator=(const Screen &) = delete;

  std::size_t width() const;
  std::size_t height() const;

  // Shows lines from the top on, each no wider than the terminal, and nothing else.
  void show(const std::vector<Line> &content);

  // The next key that means something; none after so long without one. A signal to end is `quit`.
  Key next_key(std::chrono::milliseconds patience);

 private:
  struct screen *screen_;
  bool is_coloured_;
};

}  // namespace internal_events::cli::monitor
