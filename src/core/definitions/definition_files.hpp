// Finds and reads files that may hold definitions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace internal_events::core {

// Larger files are no definitions.
constexpr std::uintmax_t largest_definition_file = 1048576;

// What is wrong with a file that has no text.
constexpr const char *unreadable_file = "could not be read as UTF-8 text of at most 1 MiB";

// A file's path, and its text; none where it cannot be read or is too large.
struct DefinitionText {
  std::string path;
  std::optional<std::string> text;
  std::string name = {};  // of a JSON Schema: the path that metrics name it by
};

// Every file below a folder that may hold a definition or the JSON Schema of a value, sorted, and each folder that
// cannot be read, which the caller has to hear of; `error` is set where that is the folder itself.
std::vector<std::filesystem::path> definition_files_below(const std::filesystem::path &folder, std::error_code &error);

// Reads a file.
DefinitionText read_definition_file(const std::filesystem::path &path);

}  // namespace internal_events::core
