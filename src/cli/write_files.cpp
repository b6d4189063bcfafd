#include "cli/write_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/failure.hpp"
#include "core/definitions/definition_files.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char *nothing_written = "Mend that, or name another folder; nothing was changed.";

Failure cannot(const std::string &what, const fs::path &path, int error) {
  return Failure("cannot " + what + ' ' + path.string() + ": " + std::strerror(error), nothing_written);
}

// An open file; closed at the end of its life, unless somebody wanted to know whether that went well.
class Descriptor {
 public:
  explicit Descriptor(const fs::path &path)
      : number_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (number_ >= 0) static_cast<void>(::close(number_));
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  int number() const { return number_; }

  bool write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = write(number_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

// A file that is written beside the place that it is meant for.
struct Draft {
  fs::path path;
  fs::path place;
  const FileToWrite *file;
};

// Gives a draft the owner and the rights of the file that it replaces, where these are others.
bool make_like(const Descriptor &draft, const struct stat &old) {
  struct stat now = {};
  if (fstat(draft.number(), &now) != 0) return false;
  const bool is_of_another = now.st_uid != old.st_uid || now.st_gid != old.st_gid;
  // Who may write a file of somebody else, but not give files away, becomes its owner.
  if (is_of_another && fchown(draft.number(), old.st_uid, old.st_gid) != 0 && errno != EPERM) return false;
  return fchmod(draft.number(), old.st_mode) == 0;
}

void check_unchanged(const FileToWrite &file) {
  if (!file.old_text || core::read_definition_file(file.path).text == file.old_text) return;
  throw Failure(file.path + " has changed since it was read", "Run the command again; nothing was changed.");
}

// Where a draft becomes a new file: nobody else's is replaced.
void place_new(const Draft &draft) {
  std::error_code error;
  fs::create_hard_link(draft.path, draft.place, error);
  // Not every file system has links.
  if (error == std::errc::operation_not_permitted || error == std::errc::operation_not_supported) {
    error = fs::exists(fs::symlink_status(draft.place, error)) ? std::make_error_code(std::errc::file_exists)
                                                               : std::error_code();
    if (!error) fs::rename(draft.path, draft.place, error);
  }
  if (error) throw cannot("write", draft.place, error.value());
}

// What is not put into place is removed again.
class PreparedFiles {
 public:
  PreparedFiles() = default;
  ~PreparedFiles() {
    std::error_code ignored;
    for (const Draft &draft : drafts_) fs::remove(draft.path, ignored);
    for (const fs::path &path : placed_) fs::remove(path, ignored);
    // A folder that holds something by now stays.
    for (const fs::path &folder : folders_) fs::remove(folder, ignored);
  }
  PreparedFiles(const PreparedFiles &) = delete;
  PreparedFiles &operator=(const PreparedFiles &) = delete;

  void prepare(const FileToWrite &file) {
    fs::path place = file.path;
    struct stat old = {};
    if (file.old_text) {
      // What a link leads to is replaced, not the link.
      std::error_code error;
      place = fs::canonical(place, error);
      if (error) throw cannot("find", file.path, error.value());
      // Its folder would let us replace it, but somebody has protected the file.
      if (access(place.c_str(), W_OK) != 0 || stat(place.c_str(), &old) != 0) throw cannot("write", file.path, errno);
    } else {
      make_folders(place.parent_path());
    }
    const fs::path path =
        place.parent_path() / (".internal-events-" + std::to_string(getpid()) + '-' + std::to_string(drafts_.size()));
    Descriptor draft(path);
    if (draft.number() < 0) throw cannot("write", path, errno);
    drafts_.push_back({path, place, &file});
    const bool is_like_old = !file.old_text || make_like(draft, old);
    if (!is_like_old || !draft.write_all(file.text) || fsync(draft.number()) != 0 || !draft.close()) {
      throw cannot("write", path, errno);
    }
  }

  // New files first: they are removed again where one of them cannot be written.
  void put_in_place() {
    for (const Draft &draft : drafts_) check_unchanged(*draft.file);
    for (const Draft &draft : drafts_) {
      if (draft.file->old_text) continue;
      place_new(draft);
      placed_.push_back(draft.place);
    }
    placed_.clear();
    folders_.clear();
    for (const Draft &draft : drafts_) {
      if (!draft.file->old_text) continue;
      std::error_code error;
      fs::rename(draft.path, draft.place, error);
      if (error) {
        throw Failure("cannot replace " + draft.place.string() + ": " + error.message(),
                      "Some files are written, others not: mend that and run the command again.");
      }
    }
  }

 private:
  void make_folders(const fs::path &folder) {
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return;
    make_folders(folder.parent_path());
    if (!fs::create_directory(folder, error) && error) throw cannot("make the folder", folder, error.value());
    folders_.insert(folders_.begin(), folder);
  }

  std::vector<Draft> drafts_;
  std::vector<fs::path> placed_;
  std::vector<fs::path> folders_;  // the innermost first
};

}  // namespace

void write_files(const std::vector<FileToWrite> &files) {
  PreparedFiles prepared;
  for (const FileToWrite &file : files) prepared.prepare(file);
  prepared.put_in_place();
}

}  // namespace internal_events::cli
