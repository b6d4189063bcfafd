// Asks questions on a terminal: lines with editing and completion, by libedit.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace internal_events::cli {

// Somebody wants the question before; thrown by the questions, caught by who asks them in turn.
struct GoBack : std::exception {};

// One of the answers to a question: what is shown of it, and what it stands for.
struct Choice {
  std::string text;
  std::string value;
};

// While it is there, Ctrl-C ends the program cleanly, and lines are edited on the terminal that standard error is.
class LineEditor {
 public:
  LineEditor();
  ~LineEditor();
  LineEditor(const LineEditor &) = delete;
  LineEditor &operator=(const LineEditor &) = delete;

  // Asks for a line, without spaces around it; an empty one stands for `otherwise`. Tab completes the words. Throws
  // GoBack where "<" was typed, and a Failure at the end of input (Ctrl-D).
  std::string line(const std::string &question, const std::string &otherwise = "",
                   const std::vector<std::string> &words = {});

  // Asks for the number of one of the choices; an empty line stands for the first. Returns its value.
  std::string choice(const std::string &question, const std::vector<Choice> &choices);

 private:
  void (*previous_handler_)(int);
};

}  // namespace internal_events::cli
