#include "cli/command.hpp"

#include <iostream>
#include <sstream>
#include <utility>

#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// A message of one line or several, which may quote names and bytes of others.
std::string printable_lines(const std::string &text) {
  std::istringstream lines(text);
  std::string shown;
  for (std::string line; std::getline(lines, line);) shown += (shown.empty() ? "" : "\n") + core::printable(line);
  return shown;
}

}  // namespace

void show(const Failure &failure) {
  const Style style = style_of(Stream::error);
  std::cerr << style.red("internal-events: ") << printable_lines(failure.what()) << '\n';
  if (!failure.remedy.empty()) std::cerr << style.bold("Remedy: ") << printable_lines(failure.remedy) << '\n';
}

CLI::App *add_command(CLI::App &app, const std::string &name, const std::string &summary, const std::string &examples) {
  CLI::App *command = app.add_subcommand(name, summary);
  command->set_help_all_flag();
  command->footer("Examples:\n" + examples);
  return command;
}

void on_run(CLI::App *command, std::function<Exit()> run) {
  command->callback([run = std::move(run)] {
    const Exit status = run();
    if (status != Exit::good) throw CLI::RuntimeError(static_cast<int>(status));
  });
}

void add_dbname(CLI::App *command, std::string &dbname) {
  command
      ->add_option("-d,--dbname", dbname,
                   "Database name or connection string; what it leaves out comes from libpq's environment variables")
      ->type_name("DBNAME");
}

void add_dbname(CLI::App *command, std::optional<std::string> &dbname, const std::string &purpose) {
  command->add_option("-d,--dbname", dbname, purpose)->type_name("DBNAME");
}

void add_json(CLI::App *command, bool &json) {
  command->add_flag("--json", json, "Print JSON");
}

}  // namespace internal_events::cli
