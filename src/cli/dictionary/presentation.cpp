#include "cli/dictionary/presentation.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/words.hpp"
#include "core/json.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::member_of;
using core::text_of;
using nlohmann::json;

// Whether nothing but Prometheus knows a metric's value.
bool asks_prometheus(const Metric &metric) {
  const json &calculation = member_of(metric.definition.json, "instrumentation");
  return text_of(calculation, "kind") == "prometheus" || calculation.contains("query");
}

}  // namespace

std::string percent(const std::string &fraction) {
  if (fraction.empty()) return "";
  std::ostringstream text;
  text << std::strtod(fraction.c_str(), nullptr) * 100;
  return text.str();
}

std::string readable(const json &value, int indent) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? grouped(core::json_text(value)) : core::json_text(value, indent);
}

std::string counted_by(const json &rule) {
  if (const std::string unique = text_of(rule, "unique"); !unique.empty()) return "distinct " + unique;
  return text_of(rule, "operator").empty() ? "events" : "sum of value";
}

std::string condition_of(const json &rule) {
  std::string condition;
  for (const auto &[property, value] : member_of(rule, "filter").items()) {
    condition += (condition.empty() ? "" : ", ") + property + " = " + readable(value);
  }
  return condition;
}

std::string period_of(const Loaded &loaded) {
  if (loaded.period_start.empty()) return "";
  if (loaded.period_start == "-infinity") return "since the beginning, up to " + loaded.period_end;
  return loaded.period_start + " to " + loaded.period_end;
}

std::string status_of(const Metric &metric, bool is_asked) {
  if (metric.loaded) return metric.loaded->status;
  return is_asked ? "not_loaded" : text_of(metric.definition.json, "status");
}

std::string remedy_of(const Metric &metric, const Source &source) {
  if (!metric.loaded) return "It is not loaded in the database: internal-events load does that.";
  const Loaded &loaded = *metric.loaded;
  if (!loaded.remedy.empty()) return loaded.remedy;
  if (!loaded.failure.empty()) return "It fails: " + loaded.failure;
  if (loaded.status != "active") return "Only active metrics have a value.";
  if (loaded.view.empty()) {
    return asks_prometheus(metric) ? "A metric of Prometheus has a value in a Service Ping only." : "It has no view.";
  }
  if (!source.with_values || loaded.value) return "";
  return loaded.history.empty() ? "It is null at the moment."
                                : "Days that it covers have been merged: internal_events.bucket_retention says when.";
}

std::string summary_of(const std::vector<Day> &history, bool is_additive) {
  double sum = 0;
  double highest = 0;
  const Day *best = nullptr;
  for (const Day &day : history) {
    const double value = day.value ? std::strtod(day.value->c_str(), nullptr) : 0;
    sum += value;
    if (value > highest) {
      highest = value;
      best = &day;
    }
  }
  if (best == nullptr) return "Nothing was counted on these days.";
  const std::string peak = "highest: " + grouped(*best->value) + " on " + best->date + ".";
  return is_additive ? "Sum: " + grouped(core::json_text(core::canonical_value(json(sum)))) + ", " + peak
                     : 'H' + peak.substr(1);
}

bool is_additive(const json &definition) {
  for (const json &rule : member_of(definition, "events")) {
    if (!text_of(rule, "unique").empty()) return false;
  }
  return true;
}

}  // namespace internal_events::cli::dictionary
