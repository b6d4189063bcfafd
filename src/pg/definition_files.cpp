#include <filesystem>
#include <string>
#include <vector>

#include "core/definitions/definition_files.hpp"
#include "pg/compat.hpp"
#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

namespace fs = std::filesystem;

void require_privilege() {
  const bool allowed = call([] { return has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES); });
  if (allowed) return;
  throw SqlError(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to read definitions from the server's files",
                 "GRANT pg_read_server_files to the role, or pass the text to load_event_definition() and "
                 "load_metric_definition().");
}

// What is to be read below a directory, in a stable order.
std::vector<fs::path> find_files(const std::string &directory) {
  std::error_code error;
  std::vector<fs::path> files = core::definition_files_below(directory, error);
  if (error) {
    throw SqlError(ERRCODE_UNDEFINED_FILE, "could not read directory \"" + directory + "\": " + error.message(),
                   "Name a directory that the database server's own user can read.");
  }
  return files;
}

// Adds a row to the result set; without the text of a file that is not in UTF-8.
void put_row(ReturnSetInfo *results, const core::DefinitionText &file) {
  const bool is_readable = file.text.has_value();
  const char *text = is_readable ? file.text->c_str() : "";
  const auto size = static_cast<int>(is_readable ? file.text->size() : 0);
  call([&] {
    Datum values[2] = {CStringGetTextDatum(file.path.c_str()), static_cast<Datum>(0)};
    bool nulls[2] = {false, true};
    if (is_readable && pg_verify_mbstr(PG_UTF8, text, size, true)) {
      char *server = pg_any_to_server(text, size, PG_UTF8);
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
  for (const fs::path &path : find_files(directory)) put_row(results, core::read_definition_file(path));
  return static_cast<Datum>(0);
}

}  // namespace internal_events::pg
