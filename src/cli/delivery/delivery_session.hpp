// A session from which Service Pings and events are sent: by this process, under the settings of the server.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "core/delivery/session.hpp"

namespace internal_events::cli {

struct DeliveryOptions {
  std::string dbname;
  std::optional<std::string> proxy;    // in place of internal_events.http_proxy
  std::optional<std::string> ca_file;  // in place of internal_events.ca_file
  bool json = false;
};

// The options --dbname, --proxy, --ca-file and --json.
void add_delivery_options(Command command, DeliveryOptions &options);

class DeliverySession : public core::Session {
 public:
  explicit DeliverySession(const DeliveryOptions &options);

  Database &database() { return database_; }

  // Whether a superuser has set an address for them.
  bool sends_pings() const { return sends_pings_; }
  bool forwards_events() const { return forwards_events_; }

  // Refuses where a role may not see the settings of sending, or this machine lacks the file of authorities.
  void require_settings();

  // A signal ends a long statement, and is told in place of the error that comes of that.
  std::vector<Row> run_all(const core::Statement &statement) override;
  std::string setting(const char *name) override;
  std::string user_agent() const override { return user_agent_; }
  void check() override;
  void wait(std::chrono::milliseconds span) override;
  core::HttpResponse send(const core::HttpRequest &request) override;

 private:
  void prepare();
  void look_what_is_on();

  Database database_;
  bool is_utf8_ = true;
  bool sends_pings_ = false;
  bool forwards_events_ = false;
  std::string role_;
  std::string user_agent_;
  std::map<std::string, std::string> overridden_;  // settings, by this command's options
};

}  // namespace internal_events::cli
