#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/definition_paths.hpp"
#include "cli/problem_report.hpp"
#include "core/definition_set.hpp"

namespace internal_events::cli {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::vector<std::string> known;
  std::string format = "text";
  bool json = false;
  bool strict = false;
};

// Checks the files, and those that are merely known with them; returns the former, by path.
std::vector<core::CheckedFile> check(const Options &options) {
  DefinitionTexts texts = read_definitions(options.paths);
  std::vector<std::string> reported;
  for (const core::DefinitionText &file : texts.definitions) reported.push_back(file.path);
  std::sort(reported.begin(), reported.end());
  for (core::DefinitionText &file : read_definitions(options.known).definitions) {
    if (!std::binary_search(reported.begin(), reported.end(), file.path)) texts.definitions.push_back(std::move(file));
  }
  std::vector<core::CheckedFile> files =
      core::check_definitions(std::move(texts.definitions), {}, {.strict = options.strict});
  std::erase_if(files, [&](const core::CheckedFile &file) {
    return !std::binary_search(reported.begin(), reported.end(), file.path);
  });
  std::sort(files.begin(), files.end(),
            [](const core::CheckedFile &a, const core::CheckedFile &b) { return a.path < b.path; });
  return files;
}

Exit validate(const Options &options) {
  const std::vector<core::CheckedFile> files = check(options);
  if (files.empty()) throw Failure("no definition files found", "Name a folder that holds .yml files.", Exit::usage);
  return report_problems(files, options.json ? "json" : options.format) ? Exit::refused : Exit::good;
}

}  // namespace

void add_validate(CLI::App &app) {
  auto options = std::make_shared<Options>();
  CLI::App *command = add_command(app, "validate", "Check definition files; exit status 1 where one has an error",
                                  "  internal-events validate config/events config/metrics\n"
                                  "  internal-events validate --known config changed_metric.yml\n"
                                  "  internal-events validate --format=github config");
  add_paths(command, options->paths);
  command
      ->add_option("--known", options->known, "Files or folders that the others may refer to, without being reported")
      ->type_name("PATH");
  command
      ->add_option("--format", options->format, "text: file:line:column; github: annotations of a pull request; json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "github", "json"}));
  add_json(command, options->json);
  command->add_flag("--strict", options->strict,
                    "A key that no version of the format knows is an error, not a warning");
  on_run(command, [options] { return validate(*options); });
}

}  // namespace internal_events::cli
