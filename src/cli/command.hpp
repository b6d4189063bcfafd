// A command: its options, its subcommands, and what it does. Behind it stands CLI11, which takes seconds to compile;
// files that only declare options are spared that.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/failure.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
class Option;
}  // namespace CLI

namespace internal_events::cli {

// An option of a command; what else is to be said of it follows by points.
class Option {
 public:
  explicit Option(CLI::Option *option) : option_(option) {}

  // What stands for the value in the help, and the heading that the option has there.
  Option type(const std::string &name);
  Option group(const std::string &heading);

  // Shows in the help what the value is without the option.
  Option shows_default();

  Option required();
  Option excludes(Option other);

  // Takes its value from a variable of the environment where the option is not there.
  Option environment(const std::string &variable);

  // Allows only these values.
  Option one_of(const std::vector<std::string> &values);

  // Allows only numbers of a range: int, unsigned or double, as the value is.
  template <typename Number>
  Option between(Number least, Number most);

  // Allows only values of which a function says nothing.
  Option check(const std::function<std::string(const std::string &)> &fault);

 private:
  CLI::Option *option_;
};

class Command {
 public:
  explicit Command(CLI::App &app) : app_(&app) {}

  const CLI::App &app() const { return *app_; }

  // A subcommand, whose help ends with examples, a line each.
  Command add_command(const std::string &name, const std::string &summary, const std::string &examples);

  // Says that one of the subcommands has to be named.
  void require_command();

  // Says what a command does when its arguments have been read.
  void on_run(std::function<Exit()> run);

  Option add_flag(const std::string &names, bool &is_there, const std::string &text);

  // An option with a value, or a positional argument: a text, which may be optional, a number, or a list of texts.
  template <typename Value>
  Option add_option(const std::string &names, Value &value, const std::string &text);

  // An option that may be repeated; each time it has one value.
  Option add_repeated(const std::string &names, std::vector<std::string> &values, const std::string &text);

  // The same, with commas between values that are given at once.
  Option add_list(const std::string &names, std::vector<std::string> &values, const std::string &text);

 private:
  CLI::App *app_;
};

}  // namespace internal_events::cli
