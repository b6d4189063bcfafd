#include "cli/delivery/delivery_session.hpp"

#include <unistd.h>

#include "cli/common_options.hpp"
#include "cli/delivery/stop_signals.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

// Not the key of pseudonyms, which is none of this program's business.
constexpr const char *settings_of_sending =
    "SELECT substr(name, 17), setting FROM pg_settings WHERE name IN ("
    "'internal_events.service_ping_url', 'internal_events.prometheus_url', 'internal_events.snowplow_collector_url', "
    "'internal_events.snowplow_collector_path', 'internal_events.snowplow_connections', "
    "'internal_events.snowplow_batch_bytes', 'internal_events.snowplow_gzip', 'internal_events.http_proxy', "
    "'internal_events.ca_file', 'internal_events.http_timeout', 'internal_events.http_connect_timeout')";

}  // namespace

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
  prepare();
  read_settings();
  if (options.proxy) settings_["http_proxy"] = *options.proxy;
  if (options.ca_file) settings_["ca_file"] = *options.ca_file;
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

void DeliverySession::read_settings() {
  try {
    // These load the library too, without which the server does not know the settings for what they are.
    const Row row =
        database_.run("SELECT internal_events.service_ping_is_sent(), internal_events.forwarding_is_on()").front();
    sends_pings_ = *row[0] == "t";
    forwards_events_ = *row[1] == "t";
  } catch (const DatabaseError &error) {
    if (error.sqlstate != "42501") throw;
    throw Failure(error.what(), "As a superuser: GRANT internal_events_admin, pg_read_all_settings TO " + role_ + ";");
  }
  for (const Row &row : database_.run(settings_of_sending)) settings_[*row[0]] = row[1].value_or("");
}

void DeliverySession::require_settings() const {
  const std::string ca_file = setting("ca_file");
  if (ca_file.empty() || access(ca_file.c_str(), R_OK) == 0) return;
  throw Failure("the CA file " + ca_file + " cannot be read on this machine",
                "Name one that can be by --ca-file, or --ca-file '' for the system's authorities.");
}

std::string DeliverySession::setting(const std::string &name) const {
  const auto found = settings_.find(name);
  if (found != settings_.end()) return found->second;
  throw Failure("the role " + role_ + " may not see internal_events." + name,
                "As a superuser: GRANT pg_read_all_settings TO " + role_ + ";");
}

std::string DeliverySession::current_setting(const std::string &name) {
  return database_.value("SELECT current_setting($1)", {"internal_events." + name}).value_or("");
}

std::vector<Row> DeliverySession::run_all(const core::Statement &statement) {
  std::vector<Value> parameters;
  for (const Value &text : statement.parameters) {
    parameters.push_back(text ? std::optional(core::storable(*text, is_utf8_)) : std::nullopt);
  }
  return database_.run(statement.sql, parameters);
}

Row DeliverySession::run(const core::Statement &statement) {
  std::vector<Row> rows = run_all(statement);
  return rows.empty() ? Row{} : std::move(rows.front());
}

void DeliverySession::try_to_run(const core::Statement &statement) noexcept {
  try {
    run(statement);
  } catch (const std::exception &) {
    return;
  }
}

core::HttpRequest DeliverySession::request() const {
  return core::configured_request([this](const char *name) { return setting(name); }, user_agent_);
}

core::ForwardingOptions DeliverySession::forwarding_options() const {
  return core::configured_forwarding([this](const char *name) { return setting(name); }, user_agent_);
}

core::HttpResponse DeliverySession::send(const core::HttpRequest &request) {
  return core::http_request(request, [this] { check(); });
}

void DeliverySession::check() {
  check_stop();
  database_.check_alive();
}

}  // namespace internal_events::cli
