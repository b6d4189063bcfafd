#include "cli/definition_paths.hpp"

#include <set>
#include <system_error>

#include "cli/command.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_unreadable(const fs::path &path, const std::error_code &error) {
  throw Failure("cannot read " + path.string() + ": " + error.message(),
                "Name what you may read, or run it as a user who may.", Exit::usage);
}

// The files that a path leads to.
std::vector<fs::path> files_of(const fs::path &path) {
  std::error_code error;
  if (!fs::exists(path, error) && !error) {
    throw Failure(path.string() + " is not there", "Name a definition file, or a folder of them.", Exit::usage);
  }
  if (error) refuse_unreadable(path, error);
  if (!fs::is_directory(path, error)) return {path};
  std::vector<fs::path> files = core::definition_files_below(path, error);
  if (error) refuse_unreadable(path, error);
  return files;
}

// The path of a JSON Schema that metrics name it by: that below the folder, or the whole one.
std::string schema_name(const fs::path &file, const fs::path &named) {
  return (file == named ? fs::weakly_canonical(file).relative_path() : file.lexically_relative(named)).string();
}

}  // namespace

void add_paths(Command command, std::vector<std::string> &paths) {
  command
      .add_option(
          "PATH", paths,
          "Definition files, or folders that are searched for .yml and .yaml, and for the .json that these name")
      .required();
}

DefinitionTexts read_definitions(const std::vector<std::string> &paths) {
  DefinitionTexts texts;
  std::set<fs::path> seen;
  for (const std::string &named : paths) {
    fs::path path = fs::path(named).lexically_normal();
    if (!path.has_filename() && path.has_relative_path()) path = path.parent_path();
    for (const fs::path &file : files_of(path)) {
      if (!seen.insert(fs::weakly_canonical(file)).second) continue;
      core::DefinitionText text = core::read_definition_file(file.lexically_normal());
      const bool is_schema = file.extension() == ".json";
      if (is_schema) text.name = schema_name(file, path);
      (is_schema ? texts.schemas : texts.definitions).push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace internal_events::cli
