#include <utility>

#include "core/text.hpp"
#include "pg/guard.hpp"
#include "pg/utf8.hpp"

namespace internal_events::pg {
namespace {

// Characters that live in a memory context of the server.
struct View {
  const char *data;
  std::size_t size;
};

// Converts, where the database's encoding is another one; raises errors as C does.
View converted(char *text, int size) {
  char *utf8 = pg_server_to_any(text, size, PG_UTF8);
  return {utf8, utf8 == text ? static_cast<std::size_t>(size) : strlen(utf8)};
}

}  // namespace

std::string to_utf8(const char *text, int size) {
  const View view = call([&] { return converted(const_cast<char *>(text), size); });
  return {view.data, view.size};
}

std::string utf8_argument(FunctionCallInfo fcinfo, int number) {
  const View view = call([&] {
    text *value = PG_GETARG_TEXT_PP(number);
    return converted(VARDATA_ANY(value), static_cast<int>(VARSIZE_ANY_EXHDR(value)));
  });
  return {view.data, view.size};
}

std::string utf8_of_jsonb(Datum value) {
  const View view = call([&] {
    char *json = JsonbToCString(nullptr, &DatumGetJsonbP(value)->root, 0);
    return converted(json, static_cast<int>(strlen(json)));
  });
  return {view.data, view.size};
}

std::string storable(std::string text) {
  return core::storable(std::move(text), GetDatabaseEncoding() == PG_UTF8);
}

Datum text_datum(const std::string &utf8) {
  return call([&] {
    char *server = pg_any_to_server(utf8.c_str(), static_cast<int>(utf8.size()), PG_UTF8);
    return CStringGetTextDatum(server);
  });
}

}  // namespace internal_events::pg
