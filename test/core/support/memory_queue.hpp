// A forwarder with a queue in memory, for tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/delivery/forwarder.hpp"
#include "support/scripted_server.hpp"

namespace internal_events::core {

using Ids = std::vector<std::string>;

// A log and a queue in memory that behave as those of the database.
class MemoryQueue : public ForwardingQueue {
 public:
  std::deque<QueuedEvent> log;
  std::vector<QueuedEvent> queued;
  std::vector<Outcome> outcomes;
  std::map<std::string, std::string> refused;    // with the reason
  std::deque<std::chrono::milliseconds> delays;  // after the next faults; then five minutes
  std::size_t most = 100;                        // in a portion
  std::function<void()> before_next = [] {};
  std::function<void()> before_record = [] {};

  // Puts so many events into the log, named by their numbers.
  void track(std::size_t count);

  // Puts so many events into the queue, as an earlier run would have.
  void leave(std::size_t count);

  Portion next(bool left_over) override;
  std::optional<std::chrono::milliseconds> record(const Outcome &outcome) override;

 private:
  QueuedEvent next_event();
  void remove(const std::string &id);

  std::size_t count_ = 0;
};

// A run of a forwarder, and the waits that it asked for.
struct ForwardingRun {
  MemoryQueue &queue;
  const KeepAliveServer &server;
  std::size_t connections = 1;
  std::size_t batch_bytes = 360;  // four events
  std::vector<std::chrono::milliseconds> waits{};
  std::function<void()> between_waits = [] {};
  std::function<void()> when_waiting = [] {};

  // Runs to the end; where an exception ends it, what is known is stored, and the exception's text returned.
  std::string go();
};

// The events in a request.
nlohmann::json events_in(const std::string &request);

// Their ids.
Ids ids_in(const std::string &request);

// The ids of all events that a server was sent, in the order of the requests.
Ids sent_to(const KeepAliveServer &server);

// The ids from one number to before another one.
Ids numbers(std::size_t from, std::size_t to);

// Ids in the order of their numbers.
Ids sorted(Ids ids);

// Whether an id is among others.
bool has(const Ids &ids, const std::string &id);

// A server that gives a status to the events of each request, and awaits the next one.
KeepAliveServer::Handler by_ids(std::function<std::string(const Ids &)> status);

// A server that takes everything.
KeepAliveServer::Handler all_fine();

// A server that answers like another one, but for the request with an id, which it leaves without an answer.
KeepAliveServer::Handler holding(std::string id, KeepAliveServer::Handler others);

}  // namespace internal_events::core
