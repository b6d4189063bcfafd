#include "cli/monitor/screen.hpp"

// Its macros have names such as clear and timeout; those of term.h, such as lines, cannot be kept off.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <langinfo.h>
#include <poll.h>
#include <term.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/failure.hpp"

namespace internal_events::cli::monitor {
namespace {

constexpr short rising_pair = 1;
constexpr short warning_pair = 2;

volatile std::sig_atomic_t is_to_end = 0;

void note_signal(int /*signal*/) {
  is_to_end = 1;
}

// Makes Ctrl-C, a closed terminal and a polite kill end the program as q does, so that the terminal is given back.
void catch_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

// Whether the terminal is gone, which not every process is told by a signal.
bool is_hung_up() {
  pollfd input{STDIN_FILENO, 0, 0};
  return poll(&input, 1, 0) == 1 && input.revents != 0;
}

attr_t attributes(Mark mark, bool is_coloured) {
  switch (mark) {
    case Mark::strong:
      return A_BOLD;
    case Mark::faint:
      return A_DIM;
    case Mark::title:
      return A_REVERSE;
    case Mark::rising:
      return A_BOLD | (is_coloured ? COLOR_PAIR(rising_pair) : A_NORMAL);
    case Mark::warning:
      return is_coloured ? COLOR_PAIR(warning_pair) : A_BOLD;
    case Mark::plain:
      break;
  }
  return A_NORMAL;
}

// A text in what the locale can show: an ellipsis is all that may not be.
std::string encoded(const std::string &text) {
  static const bool is_utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  if (is_utf8) return text;
  std::string ascii;
  for (const char byte : text) {
    const auto bits = static_cast<unsigned char>(byte);
    if (bits < 0x80) ascii += byte;
    if (bits >= 0xC0) ascii += '~';
  }
  return ascii;
}

}  // namespace

bool Screen::is_possible() {
  int problem = 0;
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) return false;
  return setupterm(nullptr, STDOUT_FILENO, &problem) == OK && tigetstr("cup") != nullptr;
}

Screen::Screen(bool is_coloured) : screen_(newterm(nullptr, stdout, stdin)), is_coloured_(is_coloured) {
  if (screen_ == nullptr) throw Failure("this terminal cannot be drawn on", "Set TERM, or use --once.");
  catch_signals();
  is_coloured_ = is_coloured && has_colors() && start_color() == OK;
  if (is_coloured_) {
    use_default_colors();
    init_pair(rising_pair, COLOR_GREEN, -1);
    init_pair(warning_pair, COLOR_YELLOW, -1);
  }
  cbreak();
  noecho();
  curs_set(0);
  keypad(stdscr, true);
  set_escdelay(25);
}

Screen::~Screen() {
  endwin();
  delscreen(screen_);
}

std::size_t Screen::width() const {
  return static_cast<std::size_t>(getmaxx(stdscr));
}

std::size_t Screen::height() const {
  return static_cast<std::size_t>(getmaxy(stdscr));
}

void Screen::show(const std::vector<Line> &content) {
  werase(stdscr);
  for (std::size_t row = 0; row < content.size(); ++row) {
    wmove(stdscr, static_cast<int>(row), 0);
    for (const Span &span : content[row]) {
      wattrset(stdscr, static_cast<int>(attributes(span.mark, is_coloured_)));
      waddstr(stdscr, encoded(span.text).c_str());
    }
  }
  wattrset(stdscr, A_NORMAL);
  wrefresh(stdscr);
}

Key Screen::next_key(std::chrono::milliseconds patience) {
  wtimeout(stdscr, static_cast<int>(patience.count()));
  const int key = wgetch(stdscr);
  if (is_to_end != 0 || (key == ERR && is_hung_up())) return Key::quit;
  switch (key) {
    case 'p':
    case 'P':
      return Key::pause;
    case 'r':
    case 'R':
      return Key::reset;
    case 'q':
    case 'Q':
      return Key::quit;
    case KEY_UP:
      return Key::up;
    case KEY_DOWN:
      return Key::down;
    case KEY_PPAGE:
      return Key::page_up;
    case KEY_NPAGE:
      return Key::page_down;
    case KEY_RESIZE:
      return Key::resized;
    default:
      return Key::none;
  }
}

}  // namespace internal_events::cli::monitor
