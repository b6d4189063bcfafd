#include "support/memory_queue.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace internal_events::core {

using std::chrono::milliseconds;

void MemoryQueue::track(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) log.push_back(next_event());
}

void MemoryQueue::leave(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) queued.push_back(next_event());
}

Portion MemoryQueue::next(bool left_over) {
  before_next();
  Portion portion;
  if (left_over) {
    portion.events.assign(queued.begin(), queued.begin() + static_cast<std::ptrdiff_t>(std::min(most, queued.size())));
    portion.has_more = queued.size() > most;
    return portion;
  }
  for (; portion.events.size() < most && !log.empty(); log.pop_front()) portion.events.push_back(log.front());
  queued.insert(queued.end(), portion.events.begin(), portion.events.end());
  portion.has_more = !log.empty();
  return portion;
}

std::optional<milliseconds> MemoryQueue::record(const Outcome &outcome) {
  before_record();
  outcomes.push_back(outcome);
  for (const std::string &id : outcome.delivered) remove(id);
  for (const auto &[id, reason] : outcome.refused) {
    refused[id] = reason;
    remove(id);
  }
  for (QueuedEvent &event : queued) event.is_alone = event.is_alone || has(outcome.split, event.id);
  if (outcome.fault.empty()) return std::nullopt;
  if (delays.empty()) return std::chrono::minutes(5);
  const milliseconds delay = delays.front();
  delays.pop_front();
  return delay;
}

QueuedEvent MemoryQueue::next_event() {
  const std::string id = std::to_string(count_++);
  return {id, R"({"e":"se","eid":")" + id + R"(","p":"srv","tv":"t"})"};
}

void MemoryQueue::remove(const std::string &id) {
  const auto found = std::find_if(queued.begin(), queued.end(), [&](const auto &event) { return event.id == id; });
  if (found == queued.end()) throw std::logic_error(id + " is not in the queue");
  queued.erase(found);
}

std::string ForwardingRun::go() {
  ForwardingOptions options;
  options.request = request_to(server.url("/tp2"));
  options.request.headers = {"Content-Type: application/json"};
  options.connections = connections;
  options.batch_bytes = batch_bytes;
  options.patience = std::chrono::seconds(10);
  const auto wait = [&](milliseconds span) {
    waits.push_back(span);
    when_waiting();
  };
  Forwarder forwarder(queue, options, wait, between_waits);
  try {
    forwarder.run();
  } catch (const std::runtime_error &error) {
    forwarder.record_interrupted();
    return error.what();
  }
  return "";
}

nlohmann::json events_in(const std::string &request) {
  return nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4)).at("data");
}

Ids ids_in(const std::string &request) {
  Ids ids;
  for (const auto &event : events_in(request)) ids.push_back(event.at("eid"));
  return ids;
}

Ids sent_to(const KeepAliveServer &server) {
  Ids ids;
  for (const std::string &request : server.requests()) {
    for (const std::string &id : ids_in(request)) ids.push_back(id);
  }
  return ids;
}

Ids numbers(std::size_t from, std::size_t to) {
  Ids ids;
  for (; from < to; ++from) ids.push_back(std::to_string(from));
  return ids;
}

Ids sorted(Ids ids) {
  std::sort(ids.begin(), ids.end(), [](const auto &a, const auto &b) { return std::stoi(a) < std::stoi(b); });
  return ids;
}

bool has(const Ids &ids, const std::string &id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

KeepAliveServer::Handler by_ids(std::function<std::string(const Ids &)> status) {
  return [status = std::move(status)](const std::string &request, std::size_t) -> Script {
    return {.answer = answer(status(ids_in(request)), "ok"), .end = Script::End::await};
  };
}

KeepAliveServer::Handler all_fine() {
  return by_ids([](const Ids &) { return "200 OK"; });
}

KeepAliveServer::Handler holding(std::string id, KeepAliveServer::Handler others) {
  return [id = std::move(id), others = std::move(others)](const std::string &request, std::size_t number) -> Script {
    if (has(ids_in(request), id)) return {.end = Script::End::hold};
    return others(request, number);
  };
}

}  // namespace internal_events::core
