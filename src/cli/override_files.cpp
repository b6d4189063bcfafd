#include "cli/override_files.hpp"

#include "cli/failure.hpp"
#include "core/definitions/definition_files.hpp"

namespace internal_events::cli {
namespace {

std::string text_of(const std::string &path) {
  core::DefinitionText file = core::read_definition_file(path);
  if (!file.text) {
    throw Failure("cannot read " + path, "Name a YAML file of \"new name: old name\", at most 1 MiB.", Exit::usage);
  }
  return *std::move(file.text);
}

void refuse(const std::string &path, const core::Problems &problems, core::Severity refused) {
  std::string faults;
  for (const core::Problem &problem : problems) {
    if (problem.severity < refused) continue;
    faults += (faults.empty() ? "" : "\n") + path + ':' + std::to_string(problem.position.line) + ':' +
              std::to_string(problem.position.column) + ": " + (problem.key.empty() ? "" : problem.key + ": ") +
              problem.message;
  }
  if (faults.empty()) return;
  throw Failure(faults,
                "Each line is \"new name: old name\", as in GitLab's files; sketches and counters have a file each.",
                Exit::usage);
}

}  // namespace

void add_override_files(Command command, OverrideFiles &files) {
  command
      .add_option("--hll-overrides", files.hll,
                  "A YAML file of \"new name: old name\" of sketches, such as GitLab's hll_redis_key_overrides.yml")
      .type("FILE");
  command
      .add_option("--counter-overrides", files.counters,
                  "The same of counters, such as GitLab's total_counter_redis_key_overrides.yml")
      .type("FILE");
}

core::RedisOverrides read_override_files(const OverrideFiles &files, core::Severity refused) {
  core::RedisOverrides overrides;
  if (!files.hll.empty()) refuse(files.hll, overrides.read_hll(text_of(files.hll)), refused);
  if (!files.counters.empty()) refuse(files.counters, overrides.read_counters(text_of(files.counters)), refused);
  return overrides;
}

}  // namespace internal_events::cli
