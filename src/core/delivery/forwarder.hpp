// Sends events to a Snowplow collector, portion by portion, wherever the queue is kept.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/delivery/snowplow_request.hpp"
#include "core/http/http_client.hpp"

namespace internal_events::core {

// What has become of a portion.
struct Outcome {
  std::vector<std::string> delivered;          // ids of events
  std::vector<std::string> split;              // were refused in a batch, and go one by one from now on
  std::map<std::string, std::string> refused;  // were refused by themselves, and why
  std::string fault;                           // why sending stopped; empty: it did not
  bool is_paused = false;                      // and no retry will mend it
};

// A part of what is to be sent.
struct Portion {
  std::vector<QueuedEvent> events;
  bool has_more = false;  // there is more to send after it
};

// Where queued events are kept.
class ForwardingQueue {
 public:
  ForwardingQueue() = default;
  virtual ~ForwardingQueue() = default;
  ForwardingQueue(const ForwardingQueue &) = delete;
  ForwardingQueue &operator=(const ForwardingQueue &) = delete;

  // What is left over from before, or else what has not been read yet; durably queued when it returns.
  virtual Portion next(bool left_over) = 0;

  // Stores an outcome; returns how long to wait before the next try, where sending stopped.
  virtual std::optional<std::chrono::milliseconds> record(const Outcome &outcome) = 0;
};

// What the settings say of sending.
struct ForwardingOptions {
  HttpRequest request;  // but for its body
  std::size_t connections = 1;
  std::size_t batch_bytes = 0;
  std::chrono::milliseconds patience{0};  // how long a run may wait for the collector to come back
};

class Forwarder {
 public:
  using Wait = std::function<void(std::chrono::milliseconds)>;

  // `wait` lets time pass; an exception out of it, or out of `between_waits`, ends the run.
  Forwarder(ForwardingQueue &queue, ForwardingOptions options, Wait wait, std::function<void()> between_waits);

  // Sends until nothing is left, or the collector has to be left alone for longer than the run may wait.
  void run();

  // Stores what is known of the portion on its way, if anything, and if the queue can still be reached; for a run that
  // an exception has ended.
  void record_interrupted() noexcept;

 private:
  std::optional<std::chrono::milliseconds> record();
  void send(const Portion &portion);
  std::optional<HttpRequest> next_request(const Portion &portion, const std::vector<Batch> &batches);
  void note(const Portion &portion, const Batch &batch, const HttpResponse &response);

  ForwardingQueue &queue_;
  ForwardingOptions options_;
  Wait wait_;
  std::function<void()> between_waits_;
  HttpClient client_;
  std::size_t begun_ = 0;  // batches of the portion
  Outcome outcome_;
};

}  // namespace internal_events::core
