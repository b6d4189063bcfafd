#include "core/definitions/definition_files.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace internal_events::core {
namespace {

namespace fs = std::filesystem;

bool is_definition_file(const fs::directory_entry &entry) {
  const fs::path extension = entry.path().extension();
  std::error_code error;
  return (extension == ".yml" || extension == ".yaml" || extension == ".json") && entry.is_regular_file(error);
}

// Adds what is to be read below a folder.
void collect(const fs::path &folder, std::vector<fs::path> &found) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (fs::is_directory(entry->symlink_status())) {
      collect(entry->path(), found);
    } else if (is_definition_file(*entry)) {
      found.push_back(entry->path());
    }
  }
  if (error) found.push_back(folder);
}

}  // namespace

std::vector<fs::path> definition_files_below(const fs::path &folder, std::error_code &error) {
  std::vector<fs::path> files;
  const fs::directory_iterator readable(folder, error);
  if (error) return files;
  collect(folder, files);
  std::sort(files.begin(), files.end(), [](const fs::path &a, const fs::path &b) { return a.native() < b.native(); });
  return files;
}

DefinitionText read_definition_file(const fs::path &path) {
  std::error_code error;
  if (fs::file_size(path, error) > largest_definition_file || error) return {path.string(), std::nullopt};
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return {path.string(), std::nullopt};
  return {path.string(), text.str()};
}

}  // namespace internal_events::core
