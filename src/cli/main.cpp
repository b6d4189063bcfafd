#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

// Adds every subcommand, in the order in which --help lists them.
void add_commands(Command app) {
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

// Makes sure that the whole answer was written: on a full disk it is none.
int finish() {
  std::cout.flush();
  if (std::cout.good()) return static_cast<int>(Exit::good);
  // The write that failed may be long ago; another one says why.
  const bool is_writable = write(STDOUT_FILENO, "\n", 1) == 1;
  // Whoever reads it may have had enough.
  if (!is_writable && errno == EPIPE) return static_cast<int>(Exit::good);
  return report(
      Failure("cannot write the answer: " + std::string(is_writable ? "a part is missing" : std::strerror(errno)),
              "Make room, or send it elsewhere; what the command did is done."));
}

// Reads the arguments and runs the subcommand that they name.
int run(int count, char **arguments) {
  CLI::App app("Product analytics inside PostgreSQL: definitions, metrics, Service Pings, moving over from Redis");
  app.name("internal-events");
  set_help_format(app);
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Print this help");
  app.set_help_all_flag("--help-all", "Print the help of all subcommands");
  app.set_version_flag("--version", "internal-events " INTERNAL_EVENTS_VERSION, "Print the version");
  app.footer("internal-events SUBCOMMAND --help shows options and examples; man internal-events has all.");
  add_color_option(Command(app));
  add_commands(Command(app));
  try {
    app.parse(count, arguments);
    return finish();
  } catch (const CLI::RuntimeError &status) {
    return std::max(status.get_exit_code(), finish());
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return report(usage_failure(app, error, {arguments + 1, arguments + count}));
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
  static_cast<void>(std::setlocale(LC_CTYPE, ""));
  return internal_events::cli::run(count, arguments);
}
