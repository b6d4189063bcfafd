// Writes several files, all of them or none.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace internal_events::cli {

struct FileToWrite {
  std::string path;
  std::string text;
  std::optional<std::string> old_text;  // that it must still have; none: it must not be there yet
};

// Writes the files: first beside their places, then, when all of that has gone well, into them.
void write_files(const std::vector<FileToWrite> &files);

}  // namespace internal_events::cli
