// What the subcommands of internal-events are made of.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>

namespace internal_events::cli {

// What a run ends with.
enum class Exit { good = 0, refused = 1, usage = 2 };

// Why a command cannot go on, and what to do about it; main() shows both.
struct Failure : std::runtime_error {
  explicit Failure(const std::string &message, std::string the_remedy = "", Exit the_status = Exit::refused)
      : std::runtime_error(message), remedy(std::move(the_remedy)), status(the_status) {}

  std::string remedy;
  Exit status;
};

// Shows on standard error why a command has failed, and what to do.
void show(const Failure &failure);

// A subcommand, whose help ends with examples, a line each.
CLI::App *add_command(CLI::App &app, const std::string &name, const std::string &summary, const std::string &examples);

// Says what a subcommand does when its arguments have been read.
void on_run(CLI::App *command, std::function<Exit()> run);

// The option -d, --dbname: where the database is.
void add_dbname(CLI::App *command, std::string &dbname);

// The option --json: the answer as JSON, for scripts.
void add_json(CLI::App *command, bool &json);

}  // namespace internal_events::cli
