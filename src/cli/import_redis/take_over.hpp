// Takes over keys of Redis, portion by portion.
#pragma once

#include <string>
#include <vector>

#include "cli/database.hpp"
#include "cli/import_redis/redis.hpp"
#include "cli/import_redis/report.hpp"

namespace internal_events::cli {

// A key of Redis, and what it would be called without overrides.
struct RedisKey {
  std::string name;
  std::string canonical;
};

// Takes over a portion of keys in a transaction of its own, or finds out what would become of them.
void take_over(Database &database, Redis &redis, const std::vector<RedisKey> &keys, bool is_dry_run,
               ImportReport &report);

}  // namespace internal_events::cli
