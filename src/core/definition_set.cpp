#include "core/definition_set.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/key_paths.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

constexpr const char *unreadable = "could not be read as UTF-8 text of at most 1 MiB";
constexpr const char *no_definition =
    "neither an event definition (key action) nor a metric definition (key key_path) nor an instrumentation (keys "
    "instrumentation_class and instrumentation)";

// Where in the order of loading a kind of file stands.
int rank(const CheckedFile &file) {
  if (!file.identity) return 3;
  if (file.identity->kind == Kind::event) return 0;
  return file.identity->kind == Kind::instrumentation ? 1 : 2;
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
  known.value_type = nlohmann::json::parse(metric.json).value("value_type", "");
  for (const SelectionRule &rule : metric.rules) {
    if (known.unique.empty() || rule.unique < known.unique) known.unique = rule.unique;
  }
  known.counts_events = !metric.rules.empty();
  return known;
}

// Goes through files in the order of loading, and lets each know those before it.
class Checker {
 public:
  Checker(Catalog known, ParseOptions options) : catalog_(std::move(known)), options_(options) {}

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
    if (file.identity->name.empty()) return false;
    const auto [first, is_new] = seen_.emplace(std::pair(file.identity->kind, file.identity->name), file.path);
    if (is_new || first->second == file.path) return false;
    file.problems = {{Severity::error,
                      {},
                      "",
                      file.identity->name + " is defined in " + first->second + " too; keep one of the files"}};
    return true;
  }

  template <typename Definition>
  void take(CheckedFile &file, Parsed<Definition> parsed, std::optional<Definition> &definition) {
    definition = std::move(parsed.definition);
    file.problems = std::move(parsed.problems);
    if (definition) note(*definition);
    // What cannot be loaded does not keep another file from defining it.
    if (!definition && !is_unresolved(file)) seen_.erase({file.identity->kind, file.identity->name});
  }

  void note(const EventDefinition &event) {
    catalog_.events[event.name] = {event.removed,
                                   {event.additional_properties.begin(), event.additional_properties.end()}};
  }

  void note(const InstrumentationDefinition & /*instrumentation*/) {}

  void note(const MetricDefinition &metric) {
    if (metric.status == "removed") return;
    for (const TimeFrame &frame : metric.time_frames) {
      catalog_.key_paths[frame.key_path] = metric.key_path;
      if (metric.status == "active") catalog_.metrics[frame.key_path] = known_metric(metric, frame);
    }
  }

  Catalog catalog_;
  ParseOptions options_;
  std::map<std::pair<Kind, std::string>, std::string> seen_;
};

// What a file is, before it is held against others.
CheckedFile identified(DefinitionText file) {
  CheckedFile checked;
  checked.path = std::move(file.path);
  if (!file.text) {
    checked.problems = {{Severity::error, {}, "", unreadable}};
    return checked;
  }
  checked.text = std::move(*file.text);
  checked.identity = identify(checked.text);
  if (!checked.identity) {
    // A file that is no YAML has a problem with a place; one that is some other YAML has not.
    checked.problems = parse_event(checked.text).problems;
    const bool is_yaml = std::any_of(checked.problems.begin(), checked.problems.end(),
                                     [](const Problem &problem) { return !problem.key.empty(); });
    if (is_yaml || checked.problems.empty()) checked.problems = {{Severity::error, {}, "", no_definition}};
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

}  // namespace

std::vector<CheckedFile> check_definitions(std::vector<DefinitionText> files, Catalog known, ParseOptions options) {
  std::vector<CheckedFile> checked;
  checked.reserve(files.size());
  for (DefinitionText &file : files) checked.push_back(identified(std::move(file)));
  std::stable_sort(checked.begin(), checked.end(),
                   [](const CheckedFile &a, const CheckedFile &b) { return rank(a) < rank(b); });

  Checker checker(std::move(known), options);
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
