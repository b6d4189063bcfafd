#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/payload.hpp"
#include "core/definitions/value_schema.hpp"
#include "pg/guard.hpp"
#include "pg/utf8.hpp"

namespace internal_events::pg {
namespace {

// The elements of an array, none of them null.
struct Elements {
  Datum *data;
  int count;
};

Elements elements_of(FunctionCallInfo fcinfo, int number, Oid type) {
  return call([&]() -> Elements {
    Elements elements = {nullptr, 0};
    bool *nulls = nullptr;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), type, -1, false, TYPALIGN_INT, &elements.data, &nulls,
                      &elements.count);
    for (int i = 0; i < elements.count; ++i) {
      if (nulls[i]) ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array element is null")));
    }
    return elements;
  });
}

std::string utf8_of_text(Datum value) {
  const char *server = call([&] { return TextDatumGetCString(value); });
  return to_utf8(server, static_cast<int>(strlen(server)));
}

// A new file, closed and, unless it was kept, removed at the end.
class NewFile {
 public:
  explicit NewFile(const std::string &path)
      : path_(path), descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail(errno == EEXIST ? ERRCODE_DUPLICATE_FILE : ERRCODE_IO_ERROR, "could not create file");
  }
  NewFile(const NewFile &) = delete;
  NewFile &operator=(const NewFile &) = delete;
  ~NewFile() {
    close(descriptor_);
    if (!kept_) unlink(path_.c_str());
  }

  void write_all(const std::string &content) {
    std::size_t written = 0;
    while (written < content.size()) {
      const ssize_t size = write(descriptor_, content.data() + written, content.size() - written);
      if (size < 0 && errno != EINTR) fail(ERRCODE_IO_ERROR, "could not write file");
      if (size > 0) written += static_cast<std::size_t>(size);
    }
    if (fsync(descriptor_) != 0) fail(ERRCODE_IO_ERROR, "could not write file");
    kept_ = true;
  }

 private:
  [[noreturn]] void fail(int sqlstate, const char *what) const {
    const int error = errno;
    throw SqlError(sqlstate, std::string(what) + " \"" + path_ + "\": " + strerror(error),
                   "Name a file that does not exist yet, in a folder that the server's own user can write to.");
  }

  std::string path_;
  int descriptor_;
  bool kept_ = false;
};

}  // namespace

// nest_key_paths(key_paths, values): one document, nested by key path.
IE_FUNCTION(ie_nest_key_paths) {
  const Elements key_paths = elements_of(fcinfo, 0, TEXTOID);
  const Elements values = elements_of(fcinfo, 1, JSONBOID);
  if (key_paths.count != values.count) throw SqlError(ERRCODE_ARRAY_SUBSCRIPT_ERROR, "arrays differ in length");
  std::vector<core::PayloadValue> payload;
  payload.reserve(static_cast<std::size_t>(values.count));
  for (int i = 0; i < values.count; ++i) {
    payload.push_back({utf8_of_text(key_paths.data[i]), utf8_of_jsonb(values.data[i])});
  }
  return text_datum(core::nest(std::move(payload)));
}

// schema_fault(schema): what is wrong with a JSON Schema, or null.
IE_FUNCTION(ie_schema_fault) {
  const std::optional<std::string> fault = core::schema_fault(utf8_of_jsonb(PG_GETARG_DATUM(0)));
  if (!fault) PG_RETURN_NULL();
  return text_datum(*fault);
}

// value_faults(schema, value): where a value does not fit a JSON Schema.
IE_FUNCTION(ie_value_faults) {
  std::vector<Datum> faults;
  for (const std::string &fault :
       core::value_faults(utf8_of_jsonb(PG_GETARG_DATUM(0)), utf8_of_jsonb(PG_GETARG_DATUM(1)))) {
    faults.push_back(text_datum(fault));
  }
  return call([&] {
    return PointerGetDatum(
        construct_array(faults.data(), static_cast<int>(faults.size()), TEXTOID, -1, false, TYPALIGN_INT));
  });
}

// write_file(path, content): a new file of the server.
IE_FUNCTION(ie_write_file) {
  if (!call([] { return has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES); })) {
    throw SqlError(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to write files of the server",
                   "GRANT pg_write_server_files to the role, or select payload from internal_events.service_pings and "
                   "write it where you are.");
  }
  const std::string path = utf8_argument(fcinfo, 0);
  if (path.empty() || path.front() != '/') {
    throw SqlError(ERRCODE_INVALID_NAME, "\"" + path + "\" is not an absolute path", "Begin it with a slash.");
  }
  const std::string content = utf8_argument(fcinfo, 1);
  NewFile(path).write_all(content);
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
