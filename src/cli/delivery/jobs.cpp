#include "cli/delivery/jobs.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace internal_events::cli {

JobsReport run_maintenance_jobs(DeliverySession &session, bool is_verbose) {
  JobsReport report;
  report.rolled_up = *session.run({"SELECT internal_events.rollup(wait => false)", {}, true}).front();
  if (is_verbose) std::cerr << "Rollup: " << report.rolled_up << " events\n";
  for (const Row &row : session.run_all({"SELECT action, object FROM internal_events.maintenance()", {}, true})) {
    report.maintained.emplace_back(*row[0], *row[1]);
    std::cerr << "Maintenance: " << *row[0] << ' ' << *row[1] << '\n';
  }
  return report;
}

nlohmann::ordered_json to_json(const JobsReport &report) {
  nlohmann::ordered_json maintained = nlohmann::ordered_json::array();
  for (const auto &[action, object] : report.maintained) {
    maintained.push_back({{"action", action}, {"object", object}});
  }
  return {{"rolled_up", std::stoll(report.rolled_up)}, {"maintenance", maintained}};
}

bool is_time_to_build(DeliverySession &session) {
  if (session.setting("service_ping_building") != "on") return false;
  return session.run({"SELECT internal_events.service_ping_due() <= now()", {}}).front() == "t";
}

}  // namespace internal_events::cli
