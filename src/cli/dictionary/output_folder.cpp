#include "cli/dictionary/output_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "cli/failure.hpp"

namespace internal_events::cli::dictionary {
namespace {

namespace fs = std::filesystem;

constexpr const char *list_of_files = ".internal-events-dictionary";
constexpr const char *new_files = ".internal-events-dictionary.new";

[[noreturn]] void refuse(const std::string &action, const fs::path &path, const std::string &reason) {
  throw Failure("cannot " + action + " " + path.string() + ": " + reason, "Name another folder by --output.");
}

// Whether a line of the list is the name of a file inside of the folder; anybody may have changed the list.
bool is_inside(const fs::path &name) {
  return !name.empty() && name.is_relative() &&
         std::none_of(name.begin(), name.end(), [](const fs::path &part) { return part == ".." || part == "."; });
}

// Whether there is something of that name.
bool is_there(const fs::path &path) {
  std::error_code error;
  const bool is_found = fs::exists(path, error);
  if (error) refuse("read", path, error.message());
  return is_found;
}

// Makes a folder and those above it.
void make_folder(const fs::path &folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) refuse("make", folder, error.message());
}

}  // namespace

OutputFolder::OutputFolder(fs::path folder, bool shared)
    : folder_(std::move(folder)), new_files_(folder_ / new_files), was_there_(is_there(folder_)) {
  std::error_code error;
  if (was_there_ && !fs::is_directory(folder_, error)) refuse("write to", folder_, "it is no folder");
  make_folder(folder_);
  const bool is_own = fs::exists(folder_ / list_of_files, error) || fs::exists(new_files_, error);
  const bool is_empty = fs::is_empty(folder_, error);
  if (error) refuse("read", folder_, error.message());
  if (!is_own && !is_empty && !shared) {
    throw Failure(folder_.string() + " holds files that are not of a dictionary",
                  "Name an empty folder, or write the dictionary beside them by --force.");
  }
  read_earlier_files();
  fs::remove_all(new_files_, error);
  make_folder(new_files_);
}

OutputFolder::~OutputFolder() {
  std::error_code error;
  fs::remove_all(new_files_, error);
  // Fails, as it should, where it has become one.
  if (!was_there_) fs::remove(folder_, error);
}

void OutputFolder::write(const std::string &name, std::string_view content) {
  const fs::path path = new_files_ / name;
  make_folder(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) refuse("write", folder_ / name, std::strerror(errno));
  written_.push_back(name);
}

void OutputFolder::commit() {
  std::sort(written_.begin(), written_.end());
  std::string list;
  for (const std::string &name : written_) list += name + '\n';
  write(list_of_files, list);
  for (const std::string &name : written_) {
    std::error_code error;
    make_folder((folder_ / name).parent_path());
    fs::rename(new_files_ / name, folder_ / name, error);
    if (error) refuse("replace", folder_ / name, error.message());
  }
  remove_earlier_files();
}

// Reads which files the dictionary has that is there, if there is one.
void OutputFolder::read_earlier_files() {
  std::ifstream list(folder_ / list_of_files);
  for (std::string name; std::getline(list, name);) {
    if (is_inside(name)) earlier_.push_back(name);
  }
}

void OutputFolder::remove_earlier_files() {
  std::error_code error;
  for (const std::string &name : earlier_) {
    if (!std::binary_search(written_.begin(), written_.end() - 1, name)) fs::remove(folder_ / name, error);
  }
}

}  // namespace internal_events::cli::dictionary
