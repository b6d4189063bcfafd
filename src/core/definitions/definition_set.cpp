#include "core/definitions/definition_set.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "core/definitions/embedded_built_in_metrics.hpp"
#include "core/json.hpp"

namespace internal_events::core {
namespace {

constexpr const char *no_definition =
    "neither an event definition (key action) nor a metric definition (key key_path) nor an instrumentation (keys "
    "instrumentation_class and instrumentation)";

using Name = std::pair<Kind, std::string>;

// Where in the order of loading a kind of file stands; what is known was there before.
std::pair<int, bool> rank(const CheckedFile &file) {
  if (!file.identity) return {3, false};
  if (file.identity->kind == Kind::event) return {0, !file.is_known};
  return {file.identity->kind == Kind::instrumentation ? 1 : 2, !file.is_known};
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::event:
      return "event ";
    case Kind::instrumentation:
      return "instrumentation ";
    case Kind::metric:
      return "metric ";
  }
  return "";
}

// Whether nothing is wrong with a file but that it names metrics that are not known yet.
bool is_unresolved(const CheckedFile &file) {
  const auto is_final = [](const Problem &problem) {
    return problem.severity == Severity::error && !problem.unresolved;
  };
  return has_error(file.problems) && std::none_of(file.problems.begin(), file.problems.end(), is_final);
}

// What other metrics need to know of one that counts events or is calculated.
KnownMetric known_metric(const MetricDefinition &metric, const TimeFrame &frame) {
  KnownMetric known;
  known.time_frame = frame.name;
  known.value_type = parse_json(metric.json).value("value_type", "");
  for (const SelectionRule &rule : metric.rules) {
    if (known.unique.empty() || rule.unique < known.unique) known.unique = rule.unique;
  }
  known.counts_events = !metric.rules.empty();
  return known;
}

// What every installation knows. A definition may take a built-in metric's place, so no key path is taken.
Catalog built_in_catalog() {
  Catalog catalog;
  for (const char *yaml : embedded::built_in_metrics) {
    const Parsed<MetricDefinition> parsed = parse_metric(yaml, {});
    for (const TimeFrame &frame : parsed.definition.value().time_frames) {
      catalog.metrics[frame.key_path] = known_metric(*parsed.definition, frame);
    }
  }
  return catalog;
}

// Goes through files in the order of loading, and lets each know those before it.
class Checker {
 public:
  explicit Checker(ParseOptions options) : catalog_(built_in_catalog()), options_(options) {}

  // Checks what a file says by itself and of others; again, where those have become known.
  void check(CheckedFile &file) {
    if (!file.identity) return;
    if (refuse_second(file)) return;
    switch (file.identity->kind) {
      case Kind::event:
        return take(file, parse_event(file.text, options_), file.event);
      case Kind::instrumentation:
        return take(file, parse_instrumentation(file.text, options_), file.instrumentation);
      case Kind::metric:
        return take(file, parse_metric(file.text, catalog_, options_), file.metric);
    }
  }

 private:
  // Refuses a definition that another file has; one without a name has a problem of its own.
  bool refuse_second(CheckedFile &file) {
    const auto first = loadable_.find({file.identity->kind, file.identity->name});
    if (first == loadable_.end()) return false;
    file.problems = {{Severity::error,
                      {},
                      "",
                      std::string(word_of(file.identity->kind)) + file.identity->name + " is defined in " +
                          first->second + " too; keep one of the files"}};
    return true;
  }

  template <typename Definition>
  void take(CheckedFile &file, Parsed<Definition> parsed, std::optional<Definition> &definition) {
    definition = std::move(parsed.definition);
    file.problems = std::move(parsed.problems);
    if (!definition) return;
    note(*definition);
    loadable_.emplace(Name(file.identity->kind, file.identity->name), file.path);
  }

  void note(const EventDefinition &event) {
    catalog_.events[event.name] = {event.removed,
                                   {event.additional_properties.begin(), event.additional_properties.end()}};
  }

  void note(const InstrumentationDefinition & /*instrumentation*/) {}

  void note(const MetricDefinition &metric) {
    for (const TimeFrame &frame : metric.time_frames) {
      // A built-in metric gives way, even to one that is removed.
      if (catalog_.key_paths.count(frame.key_path) == 0) catalog_.metrics.erase(frame.key_path);
      if (metric.status == "removed") continue;
      catalog_.key_paths[frame.key_path] = metric.key_path;
      if (metric.status == "active") catalog_.metrics[frame.key_path] = known_metric(metric, frame);
    }
  }

  Catalog catalog_;
  ParseOptions options_;
  std::map<Name, std::string> loadable_;  // the first file of each
};

// What a file is, before it is held against others.
CheckedFile identified(DefinitionText file, bool is_known) {
  CheckedFile checked;
  checked.is_known = is_known;
  checked.path = std::move(file.path);
  if (!file.text) {
    checked.problems = {{Severity::error, {}, "", unreadable_file}};
    return checked;
  }
  checked.text = std::move(*file.text);
  checked.identity = identify(checked.text);
  if (!checked.identity) {
    // A file that is no YAML has a problem with a place and no key.
    checked.problems = parse_event(checked.text).problems;
    const bool is_yaml = std::none_of(checked.problems.begin(), checked.problems.end(), [](const Problem &problem) {
      return problem.key.empty() && problem.position.line > 0;
    });
    if (is_yaml) checked.problems = {{Severity::error, {}, "", no_definition}};
  }
  return checked;
}

// Checks files in their order; returns those that wait for a metric, and adds the others to `ready`.
std::vector<CheckedFile> check_each(Checker &checker, std::vector<CheckedFile> files, std::vector<CheckedFile> &ready) {
  std::vector<CheckedFile> waiting;
  for (CheckedFile &file : files) {
    checker.check(file);
    (is_unresolved(file) ? waiting : ready).push_back(std::move(file));
  }
  return waiting;
}

// Says what each file is, and leaves out what is known of those that define the same.
std::vector<CheckedFile> identified(std::vector<DefinitionText> files, std::vector<DefinitionText> known) {
  std::vector<CheckedFile> checked;
  checked.reserve(files.size() + known.size());
  std::set<Name> defined;
  for (DefinitionText &file : files) {
    checked.push_back(identified(std::move(file), false));
    if (const std::optional<Identity> &found = checked.back().identity) defined.emplace(found->kind, found->name);
  }
  for (DefinitionText &file : known) {
    CheckedFile one = identified(std::move(file), true);
    if (one.identity && defined.count({one.identity->kind, one.identity->name}) == 0) checked.push_back(std::move(one));
  }
  return checked;
}

}  // namespace

std::vector<CheckedFile> check_definitions(std::vector<DefinitionText> files, std::vector<DefinitionText> known,
                                           ParseOptions options) {
  std::vector<CheckedFile> checked = identified(std::move(files), std::move(known));
  std::stable_sort(checked.begin(), checked.end(),
                   [](const CheckedFile &a, const CheckedFile &b) { return rank(a) < rank(b); });

  Checker checker(options);
  std::vector<CheckedFile> ready;
  std::size_t before = 0;
  do {
    before = checked.size();
    checked = check_each(checker, std::move(checked), ready);
  } while (!checked.empty() && checked.size() < before);
  std::move(checked.begin(), checked.end(), std::back_inserter(ready));
  std::stable_partition(ready.begin(), ready.end(), [](const CheckedFile &file) { return !has_error(file.problems); });
  return ready;
}

}  // namespace internal_events::core
