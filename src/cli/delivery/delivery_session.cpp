#include "cli/delivery/delivery_session.hpp"

#include <unistd.h>

#include "cli/common_options.hpp"
#include "cli/delivery/stop_signals.hpp"
#include "core/delivery/delivery_settings.hpp"
#include "core/text.hpp"

namespace internal_events::cli {

void add_delivery_options(Command command, DeliveryOptions &options) {
  add_dbname(command, options.dbname);
  command.add_option("--proxy", options.proxy, "Proxy in place of internal_events.http_proxy; '' for none").type("URL");
  command
      .add_option("--ca-file", options.ca_file,
                  "PEM file of this machine in place of internal_events.ca_file; '' for the system's authorities")
      .type("FILE");
  add_json(command, options.json);
}

DeliverySession::DeliverySession(const DeliveryOptions &options) : database_(Database::with_extension(options.dbname)) {
  if (const auto fault = core::proxy_fault(options.proxy.value_or("")))
    throw Failure("--proxy: " + *fault, "", Exit::usage);
  if (options.proxy) overridden_["http_proxy"] = *options.proxy;
  if (options.ca_file) overridden_["ca_file"] = *options.ca_file;
  prepare();
  look_what_is_on();
}

// Makes the session one that may take its time, and that the server notices to be gone when this machine is.
void DeliverySession::prepare() {
  for (const char *setting :
       {"statement_timeout = 0", "idle_session_timeout = 0", "default_transaction_isolation = 'read committed'",
        "tcp_keepalives_idle = 60", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 6"}) {
    database_.run(std::string("SET ") + setting);
  }
  const Row facts = database_
                        .run(
                            "SELECT pg_is_in_recovery(), current_setting('server_encoding') = 'UTF8', current_user, "
                            "extversion, current_setting('server_version_num')::int / 10000 "
                            "FROM pg_extension WHERE extname = 'internal_events'")
                        .front();
  if (*facts[0] == "t") {
    throw Failure(database_.description() + " is a standby, from which nothing is sent",
                  "Connect to the primary, as by target_session_attrs=read-write.");
  }
  is_utf8_ = *facts[1] == "t";
  role_ = *facts[2];
  user_agent_ = core::user_agent(*facts[3], *facts[4]);
}

void DeliverySession::look_what_is_on() {
  try {
    // This loads the library too, without which the server does not know the settings for what they are.
    const Row row =
        database_.run("SELECT internal_events.service_ping_is_sent(), internal_events.forwarding_is_on()").front();
    sends_pings_ = *row[0] == "t";
    forwards_events_ = *row[1] == "t";
  } catch (const DatabaseError &error) {
    if (error.sqlstate != "42501") throw;
    throw Failure(error.what(), "As a superuser: GRANT internal_events_admin, pg_read_all_settings TO " + role_ + ";");
  }
}

void DeliverySession::require_settings() {
  const std::string ca_file = setting("ca_file");
  if (ca_file.empty() || access(ca_file.c_str(), R_OK) == 0) return;
  throw Failure("the CA file " + ca_file + " cannot be read on this machine",
                "Name one that can be by --ca-file, or --ca-file '' for the system's authorities.");
}

std::vector<Row> DeliverySession::run_all(const core::Statement &statement) {
  std::vector<Value> parameters;
  for (const Value &text : statement.parameters) {
    parameters.push_back(text ? std::optional(core::storable(*text, is_utf8_)) : std::nullopt);
  }
  if (!statement.is_long) return database_.run(statement.sql, parameters);
  const CancelOnStop cancel(database_);
  check_stop();
  try {
    return database_.run(statement.sql, parameters);
  } catch (const DatabaseError &) {
    check_stop();
    throw;
  }
}

std::string DeliverySession::setting(const char *name) {
  const auto overridden = overridden_.find(name);
  if (overridden != overridden_.end()) return overridden->second;
  // Where a role may not see a setting, this view leaves it out.
  const std::vector<Row> rows =
      database_.run("SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'internal_events.' || $1", {name});
  if (!rows.empty()) return rows.front().front().value_or("");
  throw Failure("the role " + role_ + " may not see internal_events." + name,
                "As a superuser: GRANT pg_read_all_settings TO " + role_ + ";");
}

void DeliverySession::check() {
  check_stop();
  database_.check_alive();
}

void DeliverySession::wait(std::chrono::milliseconds span) {
  wait_for(span, [this] { check(); });
}

core::HttpResponse DeliverySession::send(const core::HttpRequest &request) {
  require_settings();
  return Session::send(request);
}

}  // namespace internal_events::cli
