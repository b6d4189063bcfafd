#include <nlohmann/json.hpp>
#include <string>

#include "core/forwarder.hpp"
#include "pg/guard.hpp"
#include "pg/utf8.hpp"
#include "pg_http/network.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {
namespace {

// A run comes back after so long at the latest while the collector is out of order; the next one goes on.
constexpr std::chrono::milliseconds patience{10'000};

// Ids as an array's text.
std::string array_of(const std::vector<std::string> &ids) {
  std::string text = "{";
  for (const std::string &id : ids) text += (text.size() > 1 ? "," : "") + id;
  return text + "}";
}

// Takes note of a changed configuration, as a session does between statements.
void reload_settings() {
  call([] {
    if (!ConfigReloadPending || IsTransactionState()) return;
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  });
}

// The queue in this database.
class ServerQueue : public core::ForwardingQueue {
 public:
  explicit ServerQueue(Steps &steps) : steps_(steps), url_(secret_setting("snowplow_collector_url")) {}

  core::Portion next(bool left_over) override {
    core::Portion portion;
    reload_settings();
    // Whoever changes the address, or removes it, wants nothing more to go to the old one.
    if (secret_setting("snowplow_collector_url") != url_) return portion;
    const std::vector<Row> rows = steps_.run_all(
        "SELECT event_id, parameters, is_alone, has_more FROM "
        "internal_events.next_forwarding_portion($1::pg_catalog.bool)",
        {left_over ? "true" : "false"});
    portion.events.reserve(rows.size());
    for (const Row &row : rows) {
      portion.has_more = *row[3] == "t";
      if (row[0]) portion.events.push_back({*row[0], *row[1], *row[2] == "t"});
    }
    return portion;
  }

  std::optional<std::chrono::milliseconds> record(const core::Outcome &outcome) override {
    const Row row = steps_.run(
        "SELECT internal_events.record_forwarding($1::pg_catalog.uuid[], $2::pg_catalog.uuid[], $3::pg_catalog.jsonb, "
        "$4, "
        "$5::pg_catalog.bool)",
        {array_of(outcome.delivered), array_of(outcome.split), storable(nlohmann::json(outcome.refused).dump()),
         outcome.fault.empty() ? std::nullopt : std::optional(storable(outcome.fault)),
         outcome.is_paused ? "true" : "false"});
    if (!row[0]) return std::nullopt;
    return std::chrono::milliseconds(std::stoll(*row[0]));
  }

 private:
  Steps &steps_;
  std::string url_;
};

// What the settings say of sending.
core::ForwardingOptions configured_forwarding() {
  core::ForwardingOptions options;
  options.request = configured_request(
      "POST", core::collector_url(secret_setting("snowplow_collector_url"), secret_setting("snowplow_collector_path")));
  options.request.headers = {"Content-Type: application/json"};
  options.request.gzip = secret_setting("snowplow_gzip") == "on";
  options.request.max_response = 64 << 10;
  options.connections = std::stoul(secret_setting("snowplow_connections"));
  options.batch_bytes = std::stoul(secret_setting("snowplow_batch_bytes"));
  options.patience = patience;
  return options;
}

// Lets time pass; a cancel of the statement, or the end of the session, ends the wait.
void wait(std::chrono::milliseconds span) {
  const TimestampTz end =
      call([&] { return TimestampTzPlusMilliseconds(GetCurrentTimestamp(), static_cast<int64>(span.count())); });
  call([&] {
    for (;;) {
      CHECK_FOR_INTERRUPTS();
      const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
      if (left <= 0) return;
      WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
      ResetLatch(MyLatch);
    }
  });
}

// Sends what there is, as the session that has begun to.
void forward(Steps &steps, std::chrono::milliseconds delay) {
  ServerQueue queue(steps);
  core::Forwarder forwarder(queue, configured_forwarding(), wait, check_interrupts);
  const auto run = [&] {
    wait(delay);
    forwarder.run();
  };
  with_handler(run, [&](const SqlError &) { forwarder.record_interrupted(); });
}

}  // namespace

// forward_events(force): reads, queues, sends and records, portion by portion.
IE_FUNCTION(ie_forward_events) {
  Steps steps(fcinfo);
  steps.refuse_atomic("forward_events()");
  if (secret_setting("snowplow_collector_url").empty()) PG_RETURN_VOID();
  const bool force = !PG_ARGISNULL(0) && PG_GETARG_BOOL(0);
  const Row begun = steps.run(
      "SELECT may_send, wait_ms, message FROM internal_events.begin_forwarding($1::pg_catalog.int4, "
      "$2::pg_catalog.bool)",
      {std::to_string(patience.count()), force ? "true" : "false"});
  if (*begun[0] != "t") {
    const std::string message = begun[2].value_or("");
    call([&] { ereport(NOTICE, (errmsg("nothing is forwarded now: %s", message.c_str()))); });
    PG_RETURN_VOID();
  }
  const auto end = [&] { steps.run("SELECT internal_events.end_forwarding()", {}); };
  with_handler([&] { forward(steps, std::chrono::milliseconds(std::stoll(*begun[1]))); },
               [&](const SqlError &) { end(); });
  end();
  PG_RETURN_VOID();
}

}  // namespace internal_events::pg
