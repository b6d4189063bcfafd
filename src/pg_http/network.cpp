#include "pg_http/network.hpp"

#include "core/delivery/delivery_settings.hpp"
#include "pg/guard.hpp"

namespace internal_events::pg {
std::string secret_setting(const char *name) {
  const char *value = call([&] { return GetConfigOption(psprintf("internal_events.%s", name), false, false); });
  return value;
}

std::string user_agent() {
  return core::user_agent(INTERNAL_EVENTS_VERSION, PG_MAJORVERSION);
}

core::HttpRequest configured_request() {
  return core::configured_request(secret_setting, user_agent());
}

void check_interrupts() {
  call([] {
    CHECK_FOR_INTERRUPTS();
    // As WaitLatch() does: a server cannot start again while a session of the one that died lives on.
    if (!PostmasterIsAlive()) proc_exit(1);
  });
}

core::HttpResponse send(const core::HttpRequest &request) {
  return core::http_request(request, check_interrupts);
}

}  // namespace internal_events::pg
