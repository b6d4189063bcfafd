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
  // A schedule is "minute hour * * weekday"; days of the week begin with Monday, 1.
  const Row row = session.run(
      {"SELECT date_trunc('week', t.utc) + make_interval(days => split_part(j.schedule, ' ', 5)::int - 1, "
       "hours => split_part(j.schedule, ' ', 2)::int, mins => split_part(j.schedule, ' ', 1)::int) <= t.utc "
       "FROM internal_events.jobs() j, (SELECT now() AT TIME ZONE 'UTC' AS utc) t "
       "WHERE j.job = 'internal_events service ping' AND j.wanted",
       {}});
  return !row.empty() && row.front() == "t";
}

}  // namespace internal_events::cli
