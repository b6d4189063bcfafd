#include "core/delivery/forwarder.hpp"

#include <utility>

namespace internal_events::core {
namespace {

std::int64_t milliseconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

Forwarder::Forwarder(ForwardingQueue &queue, ForwardingOptions options, Wait wait, std::function<void()> between_waits)
    : queue_(queue),
      options_(std::move(options)),
      wait_(std::move(wait)),
      between_waits_(std::move(between_waits)),
      client_(options_.connections) {}

void Forwarder::run() {
  // What an earlier run left behind goes first.
  bool left_over = true;
  for (;;) {
    const Portion portion = queue_.next(left_over);
    send(portion);
    const bool was_split = !outcome_.split.empty();
    const auto delay = record();
    if (delay) {
      if (*delay > options_.patience) return;
      options_.patience -= *delay;
      wait_(*delay);
    }
    if (delay || was_split) {
      left_over = true;
    } else if (left_over) {
      left_over = portion.has_more;
    } else if (!portion.has_more) {
      return;
    }
  }
}

void Forwarder::record_interrupted() noexcept {
  try {
    record();
  } catch (...) {
    // What has ended the run is what is to be told.
    return;
  }
}

std::optional<std::chrono::milliseconds> Forwarder::record() {
  // An outcome without a fault would say that the collector works, which nobody knows where nothing was answered.
  const bool is_known =
      !outcome_.delivered.empty() || !outcome_.split.empty() || !outcome_.refused.empty() || !outcome_.fault.empty();
  if (!is_known) return std::nullopt;
  const auto delay = queue_.record(outcome_);
  // Only now: what an exception kept from being stored is stored by record_interrupted().
  outcome_ = {};
  return delay;
}

void Forwarder::send(const Portion &portion) {
  const std::vector<Batch> batches = batches_of(portion.events, options_.batch_bytes);
  begun_ = 0;
  client_.send([&] { return next_request(portion, batches); },
               [&](std::size_t number, const HttpResponse &response) { note(portion, batches[number], response); },
               between_waits_);
}

std::optional<HttpRequest> Forwarder::next_request(const Portion &portion, const std::vector<Batch> &batches) {
  if (begun_ == batches.size() || !outcome_.fault.empty()) return std::nullopt;
  HttpRequest request = options_.request;
  request.body = request_body(portion.events, batches[begun_], milliseconds_since_1970());
  ++begun_;
  return request;
}

void Forwarder::note(const Portion &portion, const Batch &batch, const HttpResponse &response) {
  const auto add_to = [&](std::vector<std::string> &ids) {
    for (const std::size_t i : batch) ids.push_back(portion.events[i].id);
  };
  switch (verdict_on(response)) {
    case Verdict::delivered:
      add_to(outcome_.delivered);
      break;
    case Verdict::split:
      if (batch.size() > 1) {
        add_to(outcome_.split);
      } else {
        outcome_.refused[portion.events[batch.front()].id] = fault_in(response);
      }
      break;
    case Verdict::paused:
      outcome_.is_paused = true;
      outcome_.fault = fault_in(response);
      break;
    case Verdict::later:
      if (!outcome_.is_paused) outcome_.fault = fault_in(response);
      break;
  }
}

}  // namespace internal_events::core
