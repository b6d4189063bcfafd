// A session from which Service Pings and events are sent: by this process, under the settings of the server.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "core/delivery/delivery_settings.hpp"
#include "core/delivery/statement.hpp"

namespace internal_events::cli {

struct DeliveryOptions {
  std::string dbname;
  std::optional<std::string> proxy;    // in place of internal_events.http_proxy
  std::optional<std::string> ca_file;  // in place of internal_events.ca_file
  bool json = false;
};

// The options --dbname, --proxy, --ca-file and --json.
void add_delivery_options(Command command, DeliveryOptions &options);

class DeliverySession {
 public:
  explicit DeliverySession(const DeliveryOptions &options);

  Database &database() { return database_; }

  // Whether a superuser has set an address for them.
  bool sends_pings() const { return sends_pings_; }
  bool forwards_events() const { return forwards_events_; }

  // Refuses where a role may not see the settings of sending, or this machine lacks the file of authorities.
  void require_settings() const;

  // A setting of the time at which the session began.
  std::string setting(const std::string &name) const;

  // A setting as it is now.
  std::string current_setting(const std::string &name);

  std::vector<Row> run_all(const core::Statement &statement);
  Row run(const core::Statement &statement);

  // The same after something has failed: where this fails too, as the session is gone, nothing can be done about it.
  void try_to_run(const core::Statement &statement) noexcept;

  // A request as the settings want it, but without method, address and body.
  core::HttpRequest request() const;

  // How events are sent.
  core::ForwardingOptions forwarding_options() const;

  // Sends a request; the end of the session, or a signal, ends the wait.
  core::HttpResponse send(const core::HttpRequest &request);

  // Throws where a signal has come, or the session is gone, so that somebody else may send the same.
  void check();

 private:
  void prepare();
  void read_settings();

  Database database_;
  bool is_utf8_ = true;
  bool sends_pings_ = false;
  bool forwards_events_ = false;
  std::string role_;
  std::string user_agent_;
  std::map<std::string, std::string> settings_;
};

}  // namespace internal_events::cli
