#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/generate/plan.hpp"
#include "cli/generate/questions.hpp"
#include "cli/generate/report.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

// Whether somebody is there to answer questions.
bool can_ask() {
  return isatty(STDIN_FILENO) == 1 && is_terminal(Stream::error);
}

Exit generate(GenerateOptions options) {
  const bool asks = options.events.empty() && can_ask() && !options.json;
  const std::optional<CheckedOptions> checked = asks ? std::nullopt : std::optional<CheckedOptions>(options);
  const KnownDefinitions known = read_known_definitions(options);
  const Plan plan = checked ? make_plan(*checked, known) : ask_for_plan(options, known);
  if (!options.dry_run) write_files(plan.files);
  report_plan(plan, options);
  if (asks) std::cerr << "\nThe same without questions:\n" << command_line(options) << '\n';
  return Exit::good;
}

}  // namespace

void add_generate(Command app) {
  auto options = std::make_shared<GenerateOptions>();
  Command command =
      app.add_command("generate", "Write definitions of an event and of metrics on it; without options, ask for them",
                      "  internal-events generate\n"
                      "  internal-events generate --event project_created --time-frames 7d,28d --unique user.id \\\n"
                      "      --group planning --milestone 1.4 --mr https://git.example.com/app/-/merge_requests/7\n"
                      "  internal-events generate --event package_published --time-frames 28d,all --array \\\n"
                      "      --filter label=npm,property=pipeline --name npm_package_published_by_pipeline\n"
                      "  internal-events generate --event report_exported --label 'The name of the report' --dry-run");
  add_generate_options(command, *options);
  command.on_run([options] { return generate(*options); });
}

}  // namespace internal_events::cli
