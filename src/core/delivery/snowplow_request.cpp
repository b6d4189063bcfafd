#include "core/delivery/snowplow_request.hpp"

#include <string_view>

namespace internal_events::core {
namespace {

constexpr std::string_view head =
    R"({"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[)";
constexpr std::string_view tail = "]}";
constexpr std::string_view before_stm = R"(,"stm":")";
constexpr std::string_view after_stm = R"("})";

// What stm adds to an event, in a year of four digits, and the comma behind it.
constexpr std::size_t added = before_stm.size() + 13 + after_stm.size();

}  // namespace

std::string collector_url(std::string address, const std::string &path) {
  if (address.ends_with('/')) address.pop_back();
  return address.ends_with(path) ? address : address + path;
}

std::vector<Batch> batches_of(const std::vector<QueuedEvent> &events, std::size_t largest_body) {
  std::vector<Batch> batches;
  std::size_t size = 0;
  bool is_open = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::size_t more = events[i].parameters.size() + added;
    const bool fits = is_open && !events[i].is_alone && size + more < largest_body;
    if (!fits) {
      batches.emplace_back();
      size = head.size() + tail.size();
    }
    batches.back().push_back(i);
    size += more;
    is_open = !events[i].is_alone;
  }
  return batches;
}

std::string request_body(const std::vector<QueuedEvent> &events, const Batch &batch, std::int64_t sent_at) {
  const std::string stm = std::to_string(sent_at);
  std::string body(head);
  for (const std::size_t i : batch) {
    if (body.size() > head.size()) body += ',';
    const std::string_view parameters = events[i].parameters;
    body += parameters.substr(0, parameters.size() - 1);
    body += before_stm;
    body += stm;
    body += after_stm;
  }
  body += tail;
  return body;
}

Verdict verdict_on(const HttpResponse &response) {
  switch (response.status) {
    case 400:
    case 413:
    case 422:
      return Verdict::split;
    case 408:
    case 429:
      return Verdict::later;
    default:
      break;
  }
  if (response.status >= 400 && response.status < 500) return Verdict::paused;
  // An answer that breaks off proves nothing.
  const bool is_whole = response.error.empty() && !response.truncated;
  return is_whole && response.status >= 200 && response.status < 300 ? Verdict::delivered : Verdict::later;
}

std::string fault_in(const HttpResponse &response) {
  if (!response.error.empty()) return response.error;
  if (response.truncated) return "the collector's answer is longer than a collector's";
  std::string fault = "the collector answered with status " + std::to_string(response.status);
  if (!response.location.empty()) {
    fault += ", a redirect to " + response.location + ", which is not followed: set the address to where it is to go";
  }
  switch (response.status) {
    case 401:
    case 403:
      return fault + "; let this server in, or mend the user and password in the address";
    case 404:
    case 410:
      return fault + "; mend the address or the path";
    default:
      return fault;
  }
}

}  // namespace internal_events::core
