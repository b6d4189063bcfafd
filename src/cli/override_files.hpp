// GitLab's files of key overrides, as options name them.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "core/problem.hpp"
#include "core/redis/redis_overrides.hpp"

namespace internal_events::cli {

struct OverrideFiles {
  std::string hll;
  std::string counters;
};

// The options --hll-overrides and --counter-overrides.
void add_override_files(Command command, OverrideFiles &files);

// Reads the files that are named; refuses problems that are at least as bad as `refused`.
core::RedisOverrides read_override_files(const OverrideFiles &files, core::Severity refused);

}  // namespace internal_events::cli
