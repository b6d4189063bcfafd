#include "pg/refusal.hpp"

#include "pg/settings.hpp"

namespace internal_events::pg {

// Where in an array the event stands, to be put before a message.
static const char *place(int element) {
  return element < 0 ? "" : psprintf("element %d: ", element);
}

void report(const Refusal &refusal, int element) {
  const auto on_error = static_cast<OnError>(settings.on_error);
  if (on_error == OnError::ignore) return;
  ereport(on_error == OnError::error ? ERROR : WARNING,
          (errcode(refusal.sqlstate), errmsg("event not recorded: %s%s", place(element), refusal.message),
           refusal.hint == nullptr ? 0 : errhint("%s", refusal.hint)));
}

void warn(int sqlstate, const char *message, const char *hint, int element) {
  if (static_cast<OnError>(settings.on_error) == OnError::ignore) return;
  ereport(WARNING,
          (errcode(sqlstate), errmsg("%s%s", place(element), message), hint == nullptr ? 0 : errhint("%s", hint)));
}

}  // namespace internal_events::pg
