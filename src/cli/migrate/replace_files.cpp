#include "cli/migrate/replace_files.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/command.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

// Files that have been written beside the places they are meant for; what is not put there is removed again.
class PreparedFiles {
 public:
  PreparedFiles() = default;
  ~PreparedFiles() {
    std::error_code ignored;
    for (const auto &[draft, place] : drafts_) fs::remove(draft, ignored);
  }
  PreparedFiles(const PreparedFiles &) = delete;
  PreparedFiles &operator=(const PreparedFiles &) = delete;

  void prepare(const FileToWrite &file) {
    std::error_code error;
    if (file.is_new && fs::exists(file.path, error)) {
      throw Failure(file.path + " is there already, and does not define what its name says",
                    "Rename it, or choose another folder with --events; nothing was written.");
    }
    const fs::path named(file.path);
    if (named.has_parent_path()) fs::create_directories(named.parent_path(), error);
    // What a link leads to is replaced, not the link.
    const fs::path place = file.is_new ? named : fs::canonical(named);
    const fs::path draft = place.string() + ".migrate-" + std::to_string(getpid());
    drafts_.emplace_back(draft, place);
    std::ofstream stream(draft, std::ios::binary | std::ios::trunc);
    stream << file.text;
    stream.close();
    if (!stream) throw Failure("cannot write " + draft.string(), "Nothing was changed.");
    if (!file.is_new) fs::permissions(draft, fs::status(place).permissions(), error);
  }

  void put_in_place() {
    while (!drafts_.empty()) {
      std::error_code error;
      fs::rename(drafts_.back().first, drafts_.back().second, error);
      if (error) {
        throw Failure("cannot replace " + drafts_.back().second.string() + ": " + error.message(),
                      "Some files were rewritten, others not: mend that and run the command again.");
      }
      drafts_.pop_back();
    }
  }

 private:
  std::vector<std::pair<fs::path, fs::path>> drafts_;  // and where each belongs
};

}  // namespace

void write_files(const std::vector<FileToWrite> &files) {
  PreparedFiles prepared;
  for (const FileToWrite &file : files) prepared.prepare(file);
  prepared.put_in_place();
}

}  // namespace internal_events::cli
