#include "cli/definition_paths.hpp"

#include <set>
#include <system_error>

#include "cli/command.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

// The files that a path leads to.
std::vector<fs::path> files_of(const std::string &path) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw Failure(path + " is not there", "Name a definition file, or a folder of them.", Exit::usage);
  if (!fs::is_directory(path, error)) return {fs::path(path)};
  std::vector<fs::path> files = core::definition_files_below(path, error);
  if (error) throw Failure("cannot read " + path + ": " + error.message(), "", Exit::usage);
  return files;
}

}  // namespace

void add_paths(CLI::App *command, std::vector<std::string> &paths) {
  command->add_option("PATH", paths, "Definition files, or folders that are searched for .yml and .yaml")->required();
}

DefinitionTexts read_definitions(const std::vector<std::string> &paths) {
  DefinitionTexts texts;
  std::set<fs::path> seen;
  for (const std::string &path : paths) {
    for (const fs::path &file : files_of(path)) {
      if (!seen.insert(fs::weakly_canonical(file)).second) continue;
      (file.extension() == ".json" ? texts.schemas : texts.definitions).push_back(core::read_definition_file(file));
    }
  }
  return texts;
}

}  // namespace internal_events::cli
