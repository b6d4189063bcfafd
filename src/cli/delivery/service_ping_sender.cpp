#include "cli/delivery/service_ping_sender.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// When an attempt that has failed is repeated, if by itself.
std::optional<std::string> next_attempt(DeliverySession &session, const core::ClaimedPing &ping) {
  const Row row =
      session.run({"SELECT internal_events.iso_8601(next_attempt_at) FROM internal_events.service_pings "
                   "WHERE id = $1::pg_catalog.int8",
                   {ping.id}});
  return row.empty() ? std::nullopt : row.front();
}

void show(const SentPing &ping) {
  const Style style = style_of(Stream::error);
  std::cerr << (ping.is_report ? "Report of the failed build of Service Ping " : "Service Ping ") << ping.id << ": ";
  if (!ping.attempt.error) {
    std::cerr << style.green("sent") << ", answered with status " << ping.attempt.http_status << '\n';
    return;
  }
  std::cerr << style.red("not sent") << ": " << core::printable(*ping.attempt.error) << "; next attempt "
            << ping.next_attempt_at.value_or("with the next Service Ping") << '\n';
}

nlohmann::ordered_json to_json(const std::optional<std::string> &text) {
  return text ? nlohmann::ordered_json(*text) : nlohmann::ordered_json();
}

}  // namespace

std::vector<SentPing> send_service_pings(DeliverySession &session) {
  // All that may be missing here is asked for before a ping is claimed.
  session.require_settings();
  std::vector<SentPing> sent;
  core::send_service_pings(session, [&](const core::ClaimedPing &ping, const core::Attempt &attempt) {
    sent.push_back({ping.id, ping.is_report, attempt, next_attempt(session, ping)});
    show(sent.back());
  });
  return sent;
}

bool all_arrived(const std::vector<SentPing> &pings) {
  return std::none_of(pings.begin(), pings.end(), [](const SentPing &ping) { return ping.attempt.error.has_value(); });
}

nlohmann::ordered_json to_json(const std::vector<SentPing> &pings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const SentPing &ping : pings) {
    const int status = ping.attempt.http_status;
    list.push_back({{"id", std::stoll(ping.id)},
                    {"is_report", ping.is_report},
                    {"http_status", status == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(status)},
                    {"error", to_json(ping.attempt.error)},
                    {"next_attempt_at", to_json(ping.next_attempt_at)}});
  }
  return list;
}

}  // namespace internal_events::cli
