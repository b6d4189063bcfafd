#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace internal_events::cli {
namespace {

constexpr std::chrono::milliseconds between_draws{100};

// What --color says; of the process, as the streams are.
std::string &color_mode() {
  static std::string mode = "auto";
  return mode;
}

int descriptor(Stream stream) {
  return stream == Stream::output ? STDOUT_FILENO : STDERR_FILENO;
}

}  // namespace

void add_color_option(Command app) {
  app.add_option("--color", color_mode(), "Colours: auto (on a terminal), always or never")
      .one_of({"auto", "always", "never"})
      .shows_default()
      .type("WHEN");
}

bool is_terminal(Stream stream) {
  return isatty(descriptor(stream)) == 1;
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string Style::marked(const char *code, const std::string &text) const {
  return is_coloured_ ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
}

Style style_of(Stream stream) {
  if (color_mode() != "auto") return Style(color_mode() == "always");
  const char *no_color = std::getenv("NO_COLOR");
  return Style((no_color == nullptr || *no_color == '\0') && is_terminal(stream));
}

Progress::Progress(std::string label, std::size_t total)
    : label_(std::move(label)), total_(total), is_shown_(is_terminal(Stream::error)) {
  if (is_shown_) draw();
}

Progress::~Progress() {
  if (is_shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::advance(std::size_t steps) {
  done_ += steps;
  const auto now = std::chrono::steady_clock::now();
  if (!is_shown_ || now - drawn_ < between_draws) return;
  drawn_ = now;
  draw();
}

void Progress::draw() const {
  if (total_ == 0) {
    std::cerr << '\r' << label_ << ' ' << done_ << "\033[K" << std::flush;
    return;
  }
  const std::string count = ' ' + std::to_string(done_) + '/' + std::to_string(total_);
  const std::size_t taken = label_.size() + count.size() + 4;
  const std::size_t width = terminal_width() > taken ? std::min<std::size_t>(terminal_width() - taken, 40) : 0;
  const std::size_t filled = std::min(done_, total_) * width / total_;
  std::cerr << '\r' << label_ << " [" << std::string(filled, '#') << std::string(width - filled, ' ') << ']' << count
            << "\033[K" << std::flush;
}

}  // namespace internal_events::cli
