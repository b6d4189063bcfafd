#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/common_options.hpp"
#include "cli/commands.hpp"
#include "cli/database.hpp"
#include "cli/import_redis/redis.hpp"
#include "cli/import_redis/report.hpp"
#include "cli/import_redis/take_over.hpp"
#include "core/json.hpp"
#include "cli/override_files.hpp"
#include "cli/terminal.hpp"
#include "core/redis/redis_names.hpp"
#include "core/redis/redis_overrides.hpp"

namespace internal_events::cli {
namespace {

// Few enough that a rollup does not wait long, and that little is lost where a run is interrupted.
constexpr std::size_t keys_a_portion = 500;

struct ImportOptions {
  std::string redis;
  std::string dbname;
  std::string match;
  OverrideFiles overrides;
  int timeout = 10;
  bool dry_run = false;
  bool verbose = false;
  bool json = false;
};

core::RedisAddress address_of(const ImportOptions &options) {
  core::ParsedRedisUrl parsed = core::parse_redis_url(options.redis);
  if (!parsed.fault.empty()) throw Failure("--redis is no address: " + parsed.fault, parsed.remedy, Exit::usage);
  const char *password = std::getenv("REDISCLI_AUTH");
  if (parsed.address.password.empty() && password != nullptr) parsed.address.password = password;
  return parsed.address;
}

// The names of keys that may be RedisHLL's, sorted.
std::vector<std::string> names_in(Redis &redis, const ImportOptions &options, const core::RedisOverrides &overrides) {
  Progress progress("Looking for keys", 0);
  std::vector<std::string> old_names = overrides.counter_names();
  std::vector<std::string> names = redis.keys(options.match.empty() ? "{*_counters}_*" : options.match,
                                              [&](std::size_t found) { progress.advance(found); });
  if (options.match.empty()) {
    const RedisPresence old = redis.presence(old_names);
    if (old.elsewhere > 0) {
      std::cerr << old.elsewhere << (old.elsewhere == 1 ? " old name of a counter" : " old names of counters")
                << " may be on another node of this Redis Cluster: run the command for each of its masters.\n";
    }
    names.insert(names.end(), old.here.begin(), old.here.end());
    std::sort(names.begin(), names.end());
    // An old name of a counter may have the prefix too.
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  std::erase_if(names, [&](const std::string &name) {
    return !name.starts_with(core::redis_hll_prefix) && !name.starts_with(core::redis_counter_prefix) &&
           !std::binary_search(old_names.begin(), old_names.end(), name);
  });
  return names;
}

// What each name would be without overrides; reports keys that Redis does not use because of them.
std::vector<RedisKey> canonical_keys(std::vector<std::string> names, const core::RedisOverrides &overrides,
                                     ImportReport &report) {
  std::vector<RedisKey> keys;
  for (const std::string &name : names) {
    const std::optional<std::string> used = overrides.used_instead_of(name);
    if (used && std::binary_search(names.begin(), names.end(), *used)) {
      report.add(name, "skipped", "an override says that another key is used in its place, which is there too");
      continue;
    }
    for (std::string &canonical : overrides.canonical(name)) keys.push_back({name, std::move(canonical)});
  }
  return keys;
}

// Takes over all keys; where that fails half way, says how far it came.
void take_over_all(Database &database, Redis &redis, const std::vector<RedisKey> &keys, bool is_dry_run,
                   ImportReport &report) {
  Progress progress(is_dry_run ? "Comparing" : "Taking over", keys.size());
  std::size_t begin = 0;
  try {
    for (; begin < keys.size(); begin += keys_a_portion) {
      const auto first = keys.begin() + static_cast<std::ptrdiff_t>(begin);
      const std::size_t size = std::min(keys_a_portion, keys.size() - begin);
      take_over(database, redis, {first, first + static_cast<std::ptrdiff_t>(size)}, is_dry_run, report);
      progress.advance(size);
    }
  } catch (const Failure &failure) {
    const std::string done = std::to_string(begin) + " of " + std::to_string(keys.size());
    throw Failure(
        std::string(failure.what()) + "\nUntil then " + done + " keys were done, and what was imported stays.",
        failure.remedy.empty() ? "Run the command again: it goes on from there." : failure.remedy);
  }
}

void say_where(const core::RedisAddress &address, const Database &database, bool is_dry_run) {
  std::cerr << "Redis " << address.description() << " -> " << database.description()
            << (is_dry_run ? " (dry run: nothing is changed)" : "") << '\n';
}

// Why there may be nothing to take over.
std::string none_found(const ImportOptions &options) {
  if (!options.match.empty()) return "No key of RedisHLL or of its counters fits --match " + options.match + ".\n";
  return "There are no such keys: is it the right database of Redis? redis://host:port/1 names another one. Of a Redis "
         "Cluster, each master has its own.\n";
}

Exit import_redis(const ImportOptions &options) {
  // A connection that Redis has closed is an error like any other, not the end of the process.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const core::RedisAddress address = address_of(options);
  // Sketches that several rules share are taken over by each of them.
  const core::RedisOverrides overrides = read_override_files(options.overrides, core::Severity::error);
  Database database = Database::with_extension(options.dbname);
  if (options.dry_run) database.run("SET default_transaction_read_only = on");
  Redis redis(address, std::chrono::seconds(options.timeout));
  say_where(address, database, options.dry_run);

  ImportReport report(options.dry_run, options.verbose);
  const std::vector<RedisKey> keys = canonical_keys(names_in(redis, options, overrides), overrides, report);
  take_over_all(database, redis, keys, options.dry_run, report);
  if (options.json) {
    std::cout << core::json_text(report.to_json(), core::indented) << '\n';
  } else {
    report.print();
  }
  if (report.size() == 0) std::cerr << none_found(options);
  return report.needs_a_hand() ? Exit::refused : Exit::good;
}

}  // namespace

void add_import_redis(Command app) {
  auto options = std::make_shared<ImportOptions>();
  Command command =
      app.add_command("import-redis", "Take over what RedisHLL has counted: sketches and counters, week by week",
                      "  internal-events import-redis --redis redis://cache.example.com:6379/0 --dbname app --dry-run\n"
                      "  internal-events import-redis --redis unix:///run/redis/redis.sock --dbname app\n"
                      "  internal-events import-redis --redis redis://localhost --match '{hll_counters}_project_*'\n"
                      "  internal-events import-redis --redis redis://localhost --hll-overrides key_overrides.yml");
  command
      .add_option("--redis", options->redis,
                  "redis://[[user]:password@]host[:port][/database], or unix:///path[?db=database]")
      .type("URL")
      .environment("REDIS_URL")
      .required();
  add_dbname(command, options->dbname);
  command.add_option("--match", options->match, "Only keys that this glob-style pattern fits, as that of KEYS")
      .type("PATTERN");
  add_override_files(command, options->overrides);
  command.add_flag("--dry-run", options->dry_run, "Say what would become of each key, and change nothing");
  command.add_option("--timeout", options->timeout, "Seconds that Redis may take for an answer")
      .between(1, 3600)
      .shows_default()
      .type("SECONDS");
  command.add_flag("-v,--verbose", options->verbose, "Name every key that is not taken over, not the first three");
  add_json(command, options->json);
  command.on_run([options] { return import_redis(*options); });
}

}  // namespace internal_events::cli
