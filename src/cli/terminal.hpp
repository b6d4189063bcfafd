// What differs between a terminal and a pipe: colours, and progress.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "cli/command.hpp"

namespace internal_events::cli {

enum class Stream { output, error };

// The option --color, of the whole command.
void add_color_option(Command app);

bool is_terminal(Stream stream);

// The columns of the terminal; 80 where there is none.
std::size_t terminal_width();

// Marks text by colour and weight, or leaves it as it is where nobody would see that.
class Style {
 public:
  explicit Style(bool is_coloured) : is_coloured_(is_coloured) {}

  bool is_coloured() const { return is_coloured_; }

  std::string bold(const std::string &text) const { return marked("1", text); }
  std::string dim(const std::string &text) const { return marked("2", text); }
  std::string red(const std::string &text) const { return marked("1;31", text); }
  std::string green(const std::string &text) const { return marked("32", text); }
  std::string yellow(const std::string &text) const { return marked("33", text); }

 private:
  std::string marked(const char *code, const std::string &text) const;

  bool is_coloured_;
};

// How a stream is to be written to, after --color and the environment variable NO_COLOR.
Style style_of(Stream stream);

// A bar on the terminal's last line while something long goes on; nothing in a pipe.
class Progress {
 public:
  // `total` of 0: nobody knows how much there is.
  Progress(std::string label, std::size_t total);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  void advance(std::size_t steps = 1);

 private:
  void draw() const;

  std::string label_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool is_shown_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace internal_events::cli
