// What pg_cron does inside of a server that has it: rollup, maintenance, and the Service Ping of the week at its hour.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/delivery/delivery_session.hpp"

namespace internal_events::cli {

struct JobsReport {
  std::string rolled_up;                                        // events
  std::vector<std::pair<std::string, std::string>> maintained;  // action, object
};

// Runs rollup and maintenance, and says on standard error what the latter did, or with `is_verbose` what both did.
JobsReport run_maintenance_jobs(DeliverySession &session, bool is_verbose);

nlohmann::ordered_json to_json(const JobsReport &report);

// Whether the hour at which this installation builds its ping has come in this week.
bool is_time_to_build(DeliverySession &session);

}  // namespace internal_events::cli
