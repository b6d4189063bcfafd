#include "pg_http/secret_setting.hpp"

#include "pg/guard.hpp"

namespace internal_events::pg {

std::string secret_setting(const char *name) {
  const char *value = call([&] { return GetConfigOption(psprintf("internal_events.%s", name), false, false); });
  return value;
}

}  // namespace internal_events::pg
