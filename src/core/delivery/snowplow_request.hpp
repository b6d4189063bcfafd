// Requests to a Snowplow collector, and what its answers mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/http/http_client.hpp"

namespace internal_events::core {

// An event that waits to be sent, with its finished parameters.
struct QueuedEvent {
  std::string id;
  std::string parameters;
  bool is_alone = false;  // a batch that it was in was refused, so it goes by itself
};

// Events, by their places in a portion, that go in one request.
using Batch = std::vector<std::size_t>;

// Where requests go: a collector's address and the path that takes events, if that is not in the address already.
std::string collector_url(std::string address, const std::string &path);

// Groups events, in their order, so that each body stays below so many bytes, unless it has a single event.
std::vector<Batch> batches_of(const std::vector<QueuedEvent> &events, std::size_t largest_body);

// The body of a request: the events' parameters as they are, and when they were sent, in milliseconds since 1970.
std::string request_body(const std::vector<QueuedEvent> &events, const Batch &batch, std::int64_t sent_at);

enum class Verdict {
  delivered,
  later,   // the collector, or the way there, is out of order
  split,   // something in the batch is not taken
  paused,  // the address or its access is wrong, which no retry mends
};

// What an answer means for the batch.
Verdict verdict_on(const HttpResponse &response);

// Why an answer is no success, in a sentence.
std::string fault_in(const HttpResponse &response);

}  // namespace internal_events::core
