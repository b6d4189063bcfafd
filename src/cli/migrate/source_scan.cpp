#include "cli/migrate/source_scan.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "cli/failure.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_source_file = 1048576;

// Whether a folder holds what others have written.
bool is_foreign(const fs::path &folder) {
  const std::string name = folder.filename().string();
  return name == "node_modules" || name == "vendor" || name == "bower_components" ||
         (name.size() > 1 && name[0] == '.');
}

// The language of a file; none where nobody wrote it by hand or it cannot be read.
std::optional<core::Language> language_of(const fs::path &path,
                                          const std::map<std::string, core::Language> &languages) {
  std::string extension = path.extension().string();
  if (extension.empty() || path.stem().extension() == ".min") return std::nullopt;
  extension.erase(0, 1);
  const auto named = languages.find(extension);
  return named == languages.end() ? core::language_of_extension(extension) : std::optional(named->second);
}

using SourceFiles = std::vector<std::pair<fs::path, core::Language>>;

// Adds the files below a folder, or one file.
void collect(const fs::path &path, const std::map<std::string, core::Language> &languages, SourceFiles &files) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Failure(path.string() + " is not there", "Name a folder of your application's source.", Exit::usage);
  }
  if (!fs::is_directory(path, error)) {
    if (const auto language = language_of(path, languages)) files.emplace_back(path, *language);
    return;
  }
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error)) {
      if (is_foreign(entry->path())) entry.disable_recursion_pending();
    } else if (entry->is_regular_file(error)) {
      if (const auto language = language_of(entry->path(), languages)) files.emplace_back(entry->path(), *language);
    }
  }
  if (error) throw Failure("cannot read " + path.string() + ": " + error.message());
}

// The text of a file; none where it is too large for one that somebody wrote, or holds bytes that are no text.
std::optional<std::string> text_of(const fs::path &path) {
  std::error_code error;
  if (fs::file_size(path, error) > largest_source_file || error) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string read = text.str();
  return !stream || read.find('\0') != std::string::npos ? std::nullopt : std::optional(read);
}

}  // namespace

SourceScan scan_source(const std::vector<std::string> &folders, const std::map<std::string, core::Language> &languages,
                       const core::MigrationNames &names) {
  SourceFiles files;
  for (const std::string &folder : folders) collect(folder, languages, files);
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  SourceScan scan;
  Progress progress("Searching", files.size());
  for (const auto &[path, language] : files) {
    progress.advance();
    const std::optional<std::string> text = text_of(path);
    if (!text) continue;
    ++scan.files;
    for (core::SourceCall &call : core::find_calls(*text, language, names)) {
      scan.calls.push_back({path.string(), std::move(call)});
    }
  }
  return scan;
}

}  // namespace internal_events::cli
