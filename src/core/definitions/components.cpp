#include "core/definitions/components.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/definitions/key_paths.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

// The keys of a calculation that list metrics, and what is done with these.
struct ComponentKey {
  const char *name;
  const char *done;
};
constexpr std::array<ComponentKey, 3> component_keys{{
    {"add", "added"},
    {"union", "united"},
    {"intersect", "intersected"},
}};

// The reported key paths that a component may stand for in a time frame.
std::vector<std::string> candidates(const std::string &component, const std::string &time_frame) {
  const std::string suffix = suffix_of(time_frame);
  if (suffix.empty()) return {component};
  return {component, component + suffix};
}

// A known key path close to one that is not known, as it would be written for a time frame.
std::string suggested_component(const std::string &component, const std::string &time_frame, const Catalog &catalog) {
  const std::string suffix = suffix_of(time_frame);
  NearestWord nearest(component);
  for (const auto &[known, metric] : catalog.metrics) {
    nearest.consider(known);
    if (known.ends_with(suffix)) nearest.consider(known.substr(0, known.size() - suffix.size()));
  }
  return nearest.suggestion();
}

// Finds what one metric's list of components stands for.
class Resolver {
 public:
  Resolver(DefinitionFile &file, const ComponentKey &key, std::vector<TimeFrame> &time_frames, const Catalog &catalog)
      : file_(file), key_(key), time_frames_(time_frames), catalog_(catalog) {}

  // Adds an item of the list to each time frame, or reports the first in which it does not fit.
  void resolve(const std::string &component, const JsonPointer &place) {
    if (!seen_.insert(component).second) {
      file_.error(place, in_quotes(component) + " is listed a second time; keep one");
      return;
    }
    for (TimeFrame &frame : time_frames_) {
      const std::optional<std::string> found = resolve_component(component, frame.name, catalog_);
      if (is_this_metric(component, frame, found)) {
        file_.error(place, in_quotes(component) + " is the metric itself; name other metrics");
        return;
      }
      if (!found) {
        report_unknown(component, frame, place);
        return;
      }
      if (const std::string problem = problem_of(*found, frame); !problem.empty()) {
        file_.error(place, in_quotes(*found) + problem);
        return;
      }
      frame.components.push_back(*found);
    }
  }

 private:
  bool is_this_metric(const std::string &component, const TimeFrame &frame,
                      const std::optional<std::string> &found) const {
    if (component == file_.text("key_path")) return true;
    const std::vector<std::string> meant = found ? std::vector{*found} : candidates(component, frame.name);
    return std::any_of(time_frames_.begin(), time_frames_.end(),
                       [&](const TimeFrame &own) { return contains(meant, own.key_path); });
  }

  void report_unknown(const std::string &component, const TimeFrame &frame, const JsonPointer &place) {
    const std::vector<std::string> names = candidates(component, frame.name);
    file_.unresolved(place, in_quotes(component) + " is not a known metric" +
                                (names.size() > 1 ? ", nor is " + in_quotes(names.back()) : "") +
                                "; load its definition first" + suggested_component(component, frame.name, catalog_));
  }

  // What keeps a known metric from being part of a time frame's value.
  std::string problem_of(const std::string &found, const TimeFrame &frame) const {
    const KnownMetric &metric = catalog_.metrics.at(found);
    const std::string done = key_.done;
    if (done == "added") {
      if (metric.value_type == "number") return "";
      return " has the value type " + metric.value_type + "; only numbers can be added";
    }
    if (!metric.counts_events || metric.unique.empty()) {
      return " does not count unique event properties; only metrics whose events have unique can be " + done;
    }
    if (metric.time_frame != frame.name) {
      return " has the time frame " + metric.time_frame + ", not " + frame.name +
             "; name a metric that has the same time frame";
    }
    if (frame.components.empty()) return "";
    const std::string &first = frame.components.front();
    const std::string &unique = catalog_.metrics.at(first).unique;
    if (metric.unique == unique) return "";
    return " counts unique " + metric.unique + ", and " + in_quotes(first) + " counts unique " + unique +
           "; two kinds of identifier cannot be " + done;
  }

  DefinitionFile &file_;
  const ComponentKey &key_;
  std::vector<TimeFrame> &time_frames_;
  const Catalog &catalog_;
  std::set<std::string> seen_;
};

}  // namespace

std::optional<std::string> resolve_component(const std::string &component, const std::string &time_frame,
                                             const Catalog &catalog) {
  const std::string suffixed = component + suffix_of(time_frame);
  const auto own = catalog.metrics.find(component);
  const bool is_known = own != catalog.metrics.end();
  // Of a metric with a list of time frames, the key path as written is that of all time.
  if (is_known && (own->second.time_frame == time_frame || catalog.metrics.count(suffixed) == 0)) return component;
  return catalog.metrics.count(suffixed) > 0 ? std::optional(suffixed) : std::nullopt;
}

std::vector<std::string> component_candidates(const nlohmann::json &metric, const std::vector<TimeFrame> &time_frames) {
  std::set<std::string> names;
  for (const ComponentKey &key : component_keys) {
    for (const nlohmann::json &component : member_of(member_of(metric, "instrumentation"), key.name)) {
      if (!component.is_string()) continue;
      for (const TimeFrame &frame : time_frames) {
        for (std::string &name : candidates(component.get<std::string>(), frame.name)) names.insert(std::move(name));
      }
    }
  }
  return {names.begin(), names.end()};
}

void resolve_components(DefinitionFile &file, const nlohmann::json &calculation, std::vector<TimeFrame> &time_frames,
                        const Catalog &catalog) {
  for (const ComponentKey &key : component_keys) {
    const nlohmann::json &list = member_of(calculation, key.name);
    if (!list.is_array()) continue;
    Resolver resolver(file, key, time_frames, catalog);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!list[i].is_string()) continue;
      resolver.resolve(list[i].get<std::string>(), JsonPointer("/instrumentation") / key.name / i);
    }
  }
}

}  // namespace internal_events::core
