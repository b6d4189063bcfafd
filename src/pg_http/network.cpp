#include "pg_http/network.hpp"

#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

// A setting of type integer whose unit is the millisecond.
std::chrono::milliseconds milliseconds_setting(const char *name) {
  return std::chrono::milliseconds(std::stol(secret_setting(name)));
}

}  // namespace

std::string secret_setting(const char *name) {
  const char *value = call([&] { return GetConfigOption(psprintf("internal_events.%s", name), false, false); });
  return value;
}

core::HttpRequest configured_request(const std::string &method, const std::string &url) {
  core::HttpRequest request;
  request.method = method;
  request.url = url;
  request.user_agent = "internal_events/" INTERNAL_EVENTS_VERSION " (PostgreSQL " PG_MAJORVERSION ")";
  request.proxy = secret_setting("http_proxy");
  request.ca_file = secret_setting("ca_file");
  request.connect_timeout = milliseconds_setting("http_connect_timeout");
  request.timeout = milliseconds_setting("http_timeout");
  return request;
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
