// The folder that a dictionary is written to.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace internal_events::cli::dictionary {

// Takes files, and puts them in place together. A list of them is left with them, so that the next dictionary can
// replace these files and touches no others.
class OutputFolder {
 public:
  // Makes the folder where there is none; refuses one with other things in it, unless it is told to share it with them.
  OutputFolder(std::filesystem::path folder, bool shared);
  ~OutputFolder();
  OutputFolder(const OutputFolder &) = delete;
  OutputFolder &operator=(const OutputFolder &) = delete;

  // Writes a file beside those that are there; its name is relative to the folder.
  void write(const std::string &name, std::string_view content);

  // Moves what was written into place, and removes what an earlier dictionary had and this one has not.
  void commit();

 private:
  void read_earlier_files();
  void remove_earlier_files();

  std::filesystem::path folder_;
  std::filesystem::path new_files_;
  bool was_there_;
  std::vector<std::string> earlier_;
  std::vector<std::string> written_;
};

}  // namespace internal_events::cli::dictionary
