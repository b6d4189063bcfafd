#include "cli/generate/line_editor.hpp"

#include <cstdio>
#include <editline/readline.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>

#include "cli/failure.hpp"
#include "cli/terminal.hpp"
#include "core/characters.hpp"

namespace internal_events::cli {
namespace {

constexpr int status_of_interrupt = 130;

// The words that Tab completes, for libedit's functions, which know of no object.
std::vector<std::string> &completions() {
  static std::vector<std::string> words;
  return words;
}

// The next word that begins with a text; a call with state 0 begins from the first.
char *next_completion(const char *begin, int state) {
  static std::size_t next = 0;
  if (state == 0) next = 0;
  while (next < completions().size()) {
    const std::string &word = completions()[next++];
    if (word.starts_with(begin)) return strdup(word.c_str());
  }
  return nullptr;
}

// Completes words only, never the names of files.
char **complete(const char *text, int /*begin*/, int /*end*/) {
  rl_attempted_completion_over = 1;
  return rl_completion_matches(text, next_completion);
}

// By the time it runs, libedit has given the terminal back as it was.
void end_cleanly(int /*signal*/) {
  constexpr char message[] = "\ninternal-events: interrupted; nothing is written\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
  _exit(status_of_interrupt);
}

}  // namespace

LineEditor::LineEditor() : previous_handler_(std::signal(SIGINT, end_cleanly)) {
  rl_catch_signals = 1;
  rl_readline_name = "internal-events";
  rl_outstream = stderr;
  rl_basic_word_break_characters = " ,";
  rl_attempted_completion_function = complete;
  rl_initialize();
}

LineEditor::~LineEditor() {
  [[maybe_unused]] const auto ours = std::signal(SIGINT, previous_handler_);
}

std::string LineEditor::line(const std::string &question, const std::string &otherwise,
                             const std::vector<std::string> &words) {
  completions() = words;
  const std::string prompt = question + (otherwise.empty() ? "" : " [" + otherwise + "]") + ": ";
  const std::unique_ptr<char, void (*)(void *)> typed(readline(prompt.c_str()), std::free);
  if (!typed) {
    std::cerr << '\n';
    throw Failure("ended by the end of input; nothing is written");
  }
  std::string text(core::trimmed(typed.get()));
  if (text == "<") throw GoBack();
  if (!text.empty()) add_history(text.c_str());
  return text.empty() ? otherwise : text;
}

std::string LineEditor::choice(const std::string &question, const std::vector<Choice> &choices) {
  const Style style = style_of(Stream::error);
  std::cerr << question << '\n';
  for (std::size_t i = 0; i < choices.size(); ++i) {
    std::cerr << "  " << style.bold(std::to_string(i + 1)) << "  " << choices[i].text << '\n';
  }
  while (true) {
    const std::string typed = line("Number", "1");
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
    if (error == std::errc{} && end == typed.data() + typed.size() && number >= 1 && number <= choices.size()) {
      return choices[number - 1].value;
    }
    std::cerr << style.yellow("Type a number from 1 to " + std::to_string(choices.size()) + ".") << '\n';
  }
}

}  // namespace internal_events::cli
