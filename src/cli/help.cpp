#include "cli/help.hpp"

#include <algorithm>
#include <memory>

#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

constexpr std::size_t column = 26;
constexpr std::size_t widest = 100;

// The values that an option takes, as its help names them: "text|json", or "PATH".
std::string shown_type(const CLI::Option &option) {
  std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return type.substr(0, type.find(':'));
  type = type.substr(begin + 1, end - begin - 1);
  std::replace(type.begin(), type.end(), ',', '|');
  return type;
}

// One line an option: names, value, what it is for; the latter goes on below itself.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option *option, bool is_positional) const override {
    std::string names = make_option_name(option, is_positional);
    for (std::size_t at = names.find(','); at != std::string::npos; at = names.find(',', at + 1))
      names.insert(at + 1, " ");
    if (!is_positional && option->get_type_size() != 0) names += ' ' + shown_type(*option);
    if (option->get_expected_max() > 1) names += "...";
    std::string description = option->get_description();
    if (is_positional && option->get_type_name().find('{') != std::string::npos)
      description += ": " + shown_type(*option);
    if (!option->get_default_str().empty()) description += " (default: " + option->get_default_str() + ')';
    if (!is_positional && option->get_required()) description += " (required)";
    return described(names, description);
  }

  std::string make_subcommand(const CLI::App *command) const override {
    return described(command->get_name(), command->get_description());
  }

  // In --help-all, subcommands of subcommands show their options too.
  std::string make_subcommands(const CLI::App *command, CLI::AppFormatMode mode) const override {
    return CLI::Formatter::make_subcommands(command, mode == CLI::AppFormatMode::Sub ? CLI::AppFormatMode::All : mode);
  }

 private:
  static std::string described(const std::string &name, const std::string &description) {
    std::string text = "  " + name;
    const std::size_t taken = display_width(text);
    const std::string indent(column, ' ');
    text += taken + 2 > column ? '\n' + indent : std::string(column - taken, ' ');
    bool is_first = true;
    for (const std::string &line : wrapped(description, std::min(terminal_width(), widest) - column)) {
      text += (is_first ? "" : indent) + line + '\n';
      is_first = false;
    }
    return text;
  }
};

// The command that was called, and the word in the place of a subcommand that is none; empty: there is no such word.
struct Called {
  const CLI::App *command;
  std::string unknown;
};

Called called(const CLI::App &app, const std::vector<std::string> &arguments) {
  const CLI::App *command = &app;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (command->get_subcommands([](const CLI::App *) { return true; }).empty()) break;
    const std::string &word = arguments[i];
    if (word.starts_with('-')) {
      const CLI::Option *option = command->get_option_no_throw(word);
      if (option != nullptr && option->get_type_size() != 0) ++i;
      continue;
    }
    const auto named = command->get_subcommands([&](const CLI::App *known) { return known->get_name() == word; });
    if (named.empty()) return {command, word};
    command = named.front();
  }
  return {command, ""};
}

// The whole name of a command: "internal-events ping send".
std::string path_of(const CLI::App *command) {
  return command->get_parent() == nullptr ? command->get_name()
                                          : path_of(command->get_parent()) + ' ' + command->get_name();
}

// Whether a command, or one that it belongs to, has an option.
bool has_option(const CLI::App *command, const std::string &name) {
  for (; command != nullptr; command = command->get_parent()) {
    if (command->get_option_no_throw(name) != nullptr) return true;
  }
  return false;
}

// What is said of an option that a command does not have; empty: it has all that were given.
std::string unknown_option(const CLI::App *command, const std::vector<std::string> &arguments) {
  for (const std::string &argument : arguments) {
    if (argument == "--") break;
    const std::string name = argument.substr(0, argument.find('='));
    if (!name.starts_with("--") || has_option(command, name)) continue;
    core::NearestWord nearest(name);
    for (const CLI::Option *option : command->get_options()) {
      for (const std::string &known : option->get_lnames()) nearest.consider("--" + known);
    }
    return "there is no option " + core::in_quotes(name) + nearest.suggestion();
  }
  return "";
}

}  // namespace

void set_help_format(CLI::App &app) {
  app.formatter(std::make_shared<HelpFormat>());
}

Failure usage_failure(const CLI::App &app, const CLI::ParseError &error, const std::vector<std::string> &arguments) {
  const auto [command, unknown] = called(app, arguments);
  const std::string remedy = path_of(command) + " --help shows what it takes.";
  if (unknown.empty()) {
    const std::string option = unknown_option(command, arguments);
    return Failure(option.empty() ? error.what() : option, remedy, Exit::usage);
  }
  core::NearestWord nearest(unknown);
  for (const CLI::App *known : command->get_subcommands([](const CLI::App *) { return true; })) {
    nearest.consider(known->get_name());
  }
  return Failure("there is no subcommand " + core::in_quotes(unknown) + nearest.suggestion(), remedy, Exit::usage);
}

}  // namespace internal_events::cli
