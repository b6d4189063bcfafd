#include "core/migration/migration.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "core/generator/event_writer.hpp"
#include "core/json.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {
namespace {

namespace fs = std::filesystem;

constexpr const char *fix_and_rerun = "Mend that, and run again; internal-events validate checks it";

std::string first_error(const Problems &problems, Position &position) {
  for (const Problem &problem : problems) {
    if (problem.severity != Severity::error) continue;
    position = problem.position;
    return (problem.key.empty() ? "" : problem.key + ": ") + problem.message;
  }
  return "";
}

bool is_on_redis(const std::string &data_source) {
  return data_source == "redis" || data_source == "redis_hll";
}

// The data source of a file that may be too broken to be a metric.
std::string data_source_of(const CheckedFile &file) {
  if (file.metric) return file.metric->data_source;
  if (!file.identity || file.identity->kind != Kind::metric) return "";
  Problems ignored;
  const std::optional<YamlNode> root = read_yaml(file.text, ignored);
  for (const YamlNode &member : root ? root->children : std::vector<YamlNode>{}) {
    if (member.key == "data_source") return member.text;
  }
  return "";
}

// Whether a file that cannot be read is likely to be a metric on Redis: other files are none of our business.
bool may_be_on_redis(const CheckedFile &file) {
  return has_error(file.problems) && file.text.find("data_source") != std::string::npos &&
         file.text.find("redis") != std::string::npos;
}

// Plans in turns: whatever does not pass validation with all the rest is left as it is, and the rest is checked again.
class Planner {
 public:
  Planner(const std::vector<DefinitionText> &files, MigrationNames names, std::string events_folder)
      : files_(files), names_(std::move(names)), events_folder_(std::move(events_folder)) {}

  MigrationPlan plan(const std::vector<std::string> &paths) {
    const std::vector<CheckedFile> checked = check_definitions(files_, {});
    for (const CheckedFile &file : checked) note_event(file);
    for (const CheckedFile &file : checked) {
      if (std::find(paths.begin(), paths.end(), file.path) != paths.end()) consider(file);
    }
    do {
      derive_events();
    } while (leave_invalid());
    finish();
    return std::move(plan_);
  }

 private:
  void note_event(const CheckedFile &file) {
    if (!file.event) return;
    std::set<std::string> &identifiers = names_.defined_events[file.event->name];
    for (const std::string &name : file.event->identifiers) {
      if (name != "feature_enabled_by_namespace_ids") identifiers.insert(name);
    }
  }

  // Migrates a metric on Redis by itself.
  void consider(const CheckedFile &file) {
    if (!file.identity && may_be_on_redis(file)) {
      Refusal refusal{{}, "", fix_and_rerun};
      refusal.reason = "cannot be read: " + first_error(file.problems, refusal.position);
      plan_.left.push_back({file.path, "", std::move(refusal)});
      return;
    }
    const std::string source = data_source_of(file);
    if (!is_on_redis(source)) return;
    const std::string key_path = file.identity->name;
    if (!file.metric) {
      Refusal refusal{{}, "", fix_and_rerun};
      refusal.reason = "is not valid: " + first_error(file.problems, refusal.position);
      plan_.left.push_back({file.path, key_path, std::move(refusal)});
      return;
    }
    std::variant<MigratedMetric, Refusal> result = migrate_metric(file.text, names_);
    if (auto *refusal = std::get_if<Refusal>(&result)) {
      plan_.left.push_back({file.path, key_path, std::move(*refusal)});
      return;
    }
    auto &metric = std::get<MigratedMetric>(result);
    note_all_time(*file.metric, metric);
    plan_.migrated.push_back({file.path, key_path, source, file.text, std::move(metric)});
    metrics_.emplace(file.path, parse_json(file.metric->json));
  }

  static void note_all_time(const MetricDefinition &definition, MigratedMetric &metric) {
    const bool has_all = std::any_of(definition.time_frames.begin(), definition.time_frames.end(),
                                     [](const TimeFrame &frame) { return frame.name == "all"; });
    if (has_all && definition.data_source == "redis_hll") {
      metric.notes.emplace_back("Redis keeps weeks alone: the value of all time begins with what is imported");
    }
  }

  // Writes the definitions that the migrated metrics lack.
  void derive_events() {
    std::map<std::string, MissingEvent> missing;
    std::map<std::string, const MigratedFile *> sources;
    for (const MigratedFile &file : plan_.migrated) {
      if (file.metric.rules.empty()) continue;
      for (const SelectionRule &rule : file.metric.rules) {
        if (names_.defined_events.count(rule.event) > 0) continue;
        take_needs(missing[rule.event], rule);
        // A metric of this event alone describes it best.
        const MigratedFile *&source = sources[rule.event];
        if (source == nullptr || file.metric.rules.size() < source->metric.rules.size()) source = &file;
      }
    }
    plan_.events.clear();
    for (auto &[name, event] : missing) {
      const MigratedFile &source = *sources[name];
      event.metric = metrics_[source.path];
      const fs::path folder = events_folder_.empty() ? events_folder_beside(source.path) : events_folder_;
      plan_.events.push_back(
          {(folder / (name + ".yml")).string(), name, event.identifiers, write_event(event), source.path});
    }
  }

  static void take_needs(MissingEvent &event, const SelectionRule &rule) {
    event.action = rule.event;
    const std::size_t dot = rule.unique.find('.');
    if (dot != std::string::npos) event.identifiers.insert(rule.unique.substr(0, dot));
    if (dot == std::string::npos && !rule.unique.empty()) event.properties.insert(rule.unique);
    const nlohmann::json filter = rule.filter_json();
    for (const auto &[name, value] : filter.items()) {
      event.properties.insert(name);
    }
  }

  // Checks all files as they will be; returns whether some were left because of it.
  bool leave_invalid() {
    std::vector<DefinitionText> after = files_;
    std::map<std::string, const std::string *> rewritten;
    for (const MigratedFile &file : plan_.migrated) rewritten[file.path] = &file.metric.text;
    for (DefinitionText &file : after) {
      if (const auto found = rewritten.find(file.path); found != rewritten.end()) file.text = *found->second;
    }
    for (const NewEventFile &event : plan_.events) after.push_back({event.path, event.text});
    std::map<std::string, Refusal> refused;
    for (const CheckedFile &file : check_definitions(std::move(after), {})) {
      if (const auto refusal = refusal_of(file)) refused.emplace(file.path, *refusal);
    }
    refuse_users_of_events(refused);
    const std::size_t before = plan_.migrated.size();
    std::erase_if(plan_.migrated, [&](const MigratedFile &file) {
      const auto found = refused.find(file.path);
      if (found == refused.end()) return false;
      plan_.left.push_back({file.path, file.key_path, found->second});
      return true;
    });
    return plan_.migrated.size() < before;
  }

  // Why a file may not become what it would be: it is not valid, or what it names of its events is not there to be
  // counted.
  static std::optional<Refusal> refusal_of(const CheckedFile &file) {
    Refusal refusal{{}, "", fix_and_rerun};
    if (has_error(file.problems)) {
      refusal.reason = "would not be valid: " + first_error(file.problems, refusal.position);
      refusal.position = {};  // it is one of a text that is on no disk
      return refusal;
    }
    for (const Problem &problem : file.problems) {
      if (!problem.key.starts_with("events")) continue;
      refusal.reason = "would not count all that it names: " + problem.message;
      return refusal;
    }
    return std::nullopt;
  }

  // Refuses the metrics of new events that could not be defined.
  void refuse_users_of_events(std::map<std::string, Refusal> &refused) const {
    for (const NewEventFile &event : plan_.events) {
      const auto found = refused.find(event.path);
      if (found == refused.end()) continue;
      const bool is_taken = std::any_of(files_.begin(), files_.end(),
                                        [&](const DefinitionText &file) { return file.path == event.path; });
      const std::string reason = is_taken ? event.path + " is there already, and does not define it"
                                          : "its definition " + found->second.reason;
      const Refusal refusal{
          {}, "needs the event " + event.action + ", and " + reason, "Define the event by hand, and run again"};
      for (const MigratedFile &file : plan_.migrated) {
        const bool uses = std::any_of(file.metric.rules.begin(), file.metric.rules.end(),
                                      [&](const SelectionRule &rule) { return rule.event == event.action; });
        if (uses) refused.insert_or_assign(file.path, refusal);
      }
    }
  }

  void finish() {
    plan_.defined_events = names_.defined_events;
    for (const NewEventFile &event : plan_.events) plan_.defined_events.emplace(event.action, event.identifiers);
    const auto by_path = [](const auto &a, const auto &b) { return a.path < b.path; };
    std::sort(plan_.migrated.begin(), plan_.migrated.end(), by_path);
    std::sort(plan_.left.begin(), plan_.left.end(), by_path);
  }

  const std::vector<DefinitionText> &files_;
  MigrationNames names_;
  std::string events_folder_;
  MigrationPlan plan_;
  std::map<std::string, nlohmann::json> metrics_;  // by path
};

}  // namespace

std::string events_folder_beside(const std::string &metric_path) {
  for (fs::path folder = fs::path(metric_path).parent_path(); folder.has_filename(); folder = folder.parent_path()) {
    if (folder.filename() == "metrics") return (folder.parent_path() / "events").string();
  }
  return "";
}

MigrationPlan plan_migration(const std::vector<DefinitionText> &files, const std::vector<std::string> &paths,
                             MigrationNames names, const std::string &events_folder) {
  return Planner(files, std::move(names), events_folder).plan(paths);
}

}  // namespace internal_events::core
