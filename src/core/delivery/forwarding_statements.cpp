#include "core/delivery/forwarding_statements.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace internal_events::core {
namespace {

// Ids as an array's text.
std::string array_of(const std::vector<std::string> &ids) {
  std::string text = "{";
  for (const std::string &id : ids) text += (text.size() > 1 ? "," : "") + id;
  return text + "}";
}

}  // namespace

Statement begin_forwarding(bool force) {
  return {
      "SELECT may_send, wait_ms, message FROM internal_events.begin_forwarding($1::pg_catalog.int4, "
      "$2::pg_catalog.bool)",
      {std::to_string(forwarding_patience.count()), force ? "true" : "false"}};
}

ForwardingBegin forwarding_begin_of(const Row &row) {
  return {*row[0] == "t", delay_of({row[1]}), row[2].value_or("")};
}

Statement next_portion(bool left_over) {
  return {
      "SELECT event_id, parameters, is_alone, has_more FROM "
      "internal_events.next_forwarding_portion($1::pg_catalog.bool)",
      {left_over ? "true" : "false"}};
}

Portion portion_of(const std::vector<Row> &rows) {
  Portion portion;
  portion.events.reserve(rows.size());
  for (const Row &row : rows) {
    portion.has_more = *row[3] == "t";
    if (row[0]) portion.events.push_back({*row[0], *row[1], *row[2] == "t"});
  }
  return portion;
}

Statement record_outcome(const Outcome &outcome) {
  return {
      "SELECT internal_events.record_forwarding($1::pg_catalog.uuid[], $2::pg_catalog.uuid[], $3::pg_catalog.jsonb, "
      "$4, $5::pg_catalog.bool)",
      {array_of(outcome.delivered), array_of(outcome.split), json_text(nlohmann::json(outcome.refused)),
       outcome.fault.empty() ? std::nullopt : std::optional(outcome.fault), outcome.is_paused ? "true" : "false"}};
}

std::optional<std::chrono::milliseconds> delay_of(const Row &row) {
  if (!row[0]) return std::nullopt;
  return std::chrono::milliseconds(std::stoll(*row[0]));
}

Statement end_forwarding() {
  return {"SELECT internal_events.end_forwarding()", {}};
}

}  // namespace internal_events::core
