#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "pg/compat.hpp"
#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

namespace fs = std::filesystem;

// Larger files are no definitions; they are returned without content, so that the caller can say so.
constexpr std::uintmax_t largest_file = 1048576;

void require_privilege() {
  const bool allowed = call([] { return has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES); });
  if (allowed) return;
  throw SqlError(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to read definitions from the server's files",
                 "GRANT pg_read_server_files to the role, or pass the text to load_event_definition() and "
                 "load_metric_definition().");
}

bool is_definition_file(const fs::directory_entry &entry) {
  const fs::path extension = entry.path().extension();
  std::error_code error;
  return (extension == ".yml" || extension == ".yaml" || extension == ".json") && entry.is_regular_file(error);
}

// Adds every definition file below a folder, and each folder that cannot be read, which the caller has to hear of.
void collect(const fs::path &folder, std::vector<fs::path> &found) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (fs::is_directory(entry->symlink_status())) {
      collect(entry->path(), found);
    } else if (is_definition_file(*entry)) {
      found.push_back(entry->path());
    }
  }
  if (error) found.push_back(folder);
}

// What is to be read below a directory, in a stable order.
std::vector<fs::path> find_files(const std::string &directory) {
  std::error_code error;
  const fs::directory_iterator readable(directory, error);
  if (error) {
    throw SqlError(ERRCODE_UNDEFINED_FILE, "could not read directory \"" + directory + "\": " + error.message(),
                   "Name a directory that the database server's own user can read.");
  }
  std::vector<fs::path> files;
  collect(directory, files);
  std::sort(files.begin(), files.end());
  return files;
}

// A file's text; none where it cannot be read, is too large or is not in the database's encoding.
struct Content {
  bool readable = false;
  std::string text;
};

Content read_file(const fs::path &path) {
  std::error_code error;
  if (fs::file_size(path, error) > largest_file || error) return {};
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return {};
  return {true, text.str()};
}

// Adds a row to the result set.
void put_row(ReturnSetInfo *results, const std::string &path, const Content &content) {
  call([&] {
    Datum values[2] = {CStringGetTextDatum(path.c_str()), static_cast<Datum>(0)};
    bool nulls[2] = {false, true};
    const auto size = static_cast<int>(content.text.size());
    if (content.readable && pg_verify_mbstr(PG_UTF8, content.text.c_str(), size, true)) {
      char *server = pg_any_to_server(content.text.c_str(), size, PG_UTF8);
      values[1] = CStringGetTextDatum(server);
      nulls[1] = false;
    }
    tuplestore_putvalues(results->setResult, results->setDesc, values, nulls);
    CHECK_FOR_INTERRUPTS();
  });
}

}  // namespace

// definition_files(directory): path and text of every definition file below a server directory.
IE_FUNCTION(ie_definition_files) {
  require_privilege();
  call([&] { begin_result_set(fcinfo); });
  auto *results = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  const char *directory = call([&] { return text_to_cstring(PG_GETARG_TEXT_PP(0)); });
  for (const fs::path &path : find_files(directory)) put_row(results, path.string(), read_file(path));
  return static_cast<Datum>(0);
}

}  // namespace internal_events::pg
