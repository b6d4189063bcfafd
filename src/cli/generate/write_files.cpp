#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/failure.hpp"
#include "cli/generate/plan.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string &action, const fs::path &path, const std::string &reason) {
  throw Failure("cannot " + action + ' ' + path.string() + ": " + reason,
                "Nothing is written: run it again, or name a folder by --root where you may write.");
}

// Files that are written beside those that they will become; what is not put into place is removed again.
class Staged {
 public:
  Staged() = default;
  Staged(const Staged &) = delete;
  Staged &operator=(const Staged &) = delete;

  ~Staged() {
    std::error_code ignored;
    for (const auto &[staged, path] : waiting_) fs::remove(staged, ignored);
    for (const fs::path &path : placed_) fs::remove(path, ignored);
    for (const fs::path &folder : folders_) fs::remove(folder, ignored);
  }

  void add(const PlannedFile &file) {
    const fs::path path(file.path);
    make_folders(path.parent_path());
    const fs::path staged = path.parent_path() /
                            (".generated-" + std::to_string(getpid()) + '-' + std::to_string(waiting_.size()) + ".new");
    waiting_.emplace_back(staged, file);
    std::ofstream stream(staged, std::ios::binary | std::ios::trunc);
    stream << file.text << std::flush;
    if (!stream) refuse("write", staged, std::strerror(errno));
  }

  // Puts all of them into place. A new file is linked, which fails where somebody else has made it by now.
  void place() {
    for (const auto &[staged, file] : waiting_) {
      if (file.replaces) continue;
      std::error_code error;
      fs::create_hard_link(staged, file.path, error);
      if (error) refuse("write", file.path, error.message());
      placed_.emplace_back(file.path);
    }
    for (const auto &[staged, file] : waiting_) {
      if (file.replaces) fs::rename(staged, file.path);
    }
    placed_.clear();
    folders_.clear();
  }

 private:
  void make_folders(const fs::path &folder) {
    std::error_code error;
    if (folder.empty() || fs::exists(folder, error)) return;
    make_folders(folder.parent_path());
    if (!fs::create_directory(folder, error) && error) refuse("make the folder", folder, error.message());
    folders_.insert(folders_.begin(), folder);
  }

  std::vector<std::pair<fs::path, PlannedFile>> waiting_;
  std::vector<fs::path> placed_;
  std::vector<fs::path> folders_;  // the innermost first
};

}  // namespace

void write_files(const std::vector<PlannedFile> &files) {
  Staged staged;
  for (const PlannedFile &file : files) staged.add(file);
  staged.place();
}

}  // namespace internal_events::cli
