// Plans how a set of definitions moves from Redis to Internal Events; writes nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/definitions/definition_set.hpp"
#include "core/migration/metric_migration.hpp"

namespace internal_events::core {

// A metric's file, before and after.
struct MigratedFile {
  std::string path;
  std::string key_path;
  std::string old_source;
  std::string old_text;
  MigratedMetric metric;
};

// A file of an event definition that is to be written.
struct NewEventFile {
  std::string path;
  std::string action;
  std::set<std::string> identifiers;
  std::string text;
  std::string from;  // the path of the metric that it is derived from
};

// A file that stays as it is.
struct LeftFile {
  std::string path;
  std::string key_path;
  Refusal refusal;
};

struct MigrationPlan {
  std::vector<MigratedFile> migrated;
  std::vector<NewEventFile> events;
  std::vector<LeftFile> left;
  std::map<std::string, std::set<std::string>> defined_events;  // with their identifiers; the new ones among them
};

// What to do about definitions. `files` is everything that is known, of which only those in `paths` may be rewritten;
// new events go into `events_folder`, or, where that is empty, into the folder events beside the one called metrics.
MigrationPlan plan_migration(const std::vector<DefinitionText> &files, const std::vector<std::string> &paths,
                             MigrationNames names, const std::string &events_folder);

// The folder for the events of a metric's file: events beside metrics; empty where no folder above it is called
// metrics.
std::string events_folder_beside(const std::string &metric_path);

}  // namespace internal_events::core
