#include <clocale>
#include <exception>
#include <iostream>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

// Adds every subcommand, in the order in which --help lists them.
void add_commands(CLI::App &app) {
  add_generate(app);
  add_validate(app);
  add_load(app);
  add_monitor(app);
  add_dictionary(app);
  add_ping(app);
  add_deliver(app);
  add_import_redis(app);
  add_migrate(app);
  add_status(app);
  add_completion(app);
}

// Shows why a command has failed; returns its exit status.
int report(const Failure &failure) {
  show(failure);
  return static_cast<int>(failure.status);
}

// Reads the arguments and runs the subcommand that they name.
int run(int count, char **arguments) {
  CLI::App app("Product analytics inside PostgreSQL: definitions, metrics, Service Pings, moving over from Redis");
  app.name("internal-events");
  app.require_subcommand(1);
  app.set_version_flag("--version", "internal-events " INTERNAL_EVENTS_VERSION);
  app.set_help_all_flag("--help-all", "Print the help of all subcommands");
  add_color_option(app);
  add_commands(app);
  try {
    app.parse(count, arguments);
    return static_cast<int>(Exit::good);
  } catch (const CLI::RuntimeError &status) {
    return status.get_exit_code();
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? static_cast<int>(Exit::good) : static_cast<int>(Exit::usage);
  } catch (const Failure &failure) {
    return report(failure);
  } catch (const std::exception &error) {
    return report(Failure(error.what()));
  }
}

}  // namespace
}  // namespace internal_events::cli

int main(int count, char **arguments) {
  // For the width of characters only: numbers are written and read as in C.
  std::setlocale(LC_CTYPE, "");
  return internal_events::cli::run(count, arguments);
}
