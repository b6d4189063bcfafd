#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/failure.hpp"
#include "cli/generate/plan.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

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
    const fs::path staged = path.parent_path() / ('.' + path.filename().string().substr(0, 200) + ".new");
    waiting_.emplace_back(staged, file);
    std::ofstream stream(staged, std::ios::binary | std::ios::trunc);
    stream << file.text << std::flush;
    if (!stream) throw Failure("cannot write " + staged.string() + ": " + std::strerror(errno));
  }

  // Puts all of them into place. A new file is linked, which fails where somebody else has made it by now.
  void place() {
    for (const auto &[staged, file] : waiting_) {
      if (file.replaces) continue;
      std::error_code error;
      fs::create_hard_link(staged, file.path, error);
      if (error) throw Failure("cannot write " + file.path + ": " + error.message());
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
    if (folder.empty() || fs::exists(folder)) return;
    make_folders(folder.parent_path());
    std::error_code error;
    if (!fs::create_directory(folder, error) && error) {
      throw Failure("cannot make the folder " + folder.string() + ": " + error.message());
    }
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
