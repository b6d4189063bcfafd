// Writes several files, all of them or none.
#pragma once

#include <string>
#include <vector>

namespace internal_events::cli {

struct FileToWrite {
  std::string path;
  std::string text;
  bool is_new = false;  // must not be there yet
};

// Writes the files: first beside their places, then, when all of that has gone well, into them.
void write_files(const std::vector<FileToWrite> &files);

}  // namespace internal_events::cli
