#include "cli/dictionary/cross_links.hpp"

#include <nlohmann/json.hpp>

#include "cli/dictionary/presentation.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::member_of;
using core::text_of;
using nlohmann::json;

PageData link_to(const Metric &metric) {
  PageData link = no_members();
  link.set("parts", parts_of(metric.key_path));
  link.set("page", metric.page);
  link.set("time_frame", metric.time_frame);
  return link;
}

// What a rule counts, and of which events.
PageData way_of(const json &rule) {
  PageData way = no_members();
  way.set("counted", counted_by(rule));
  way.set("condition", text(condition_of(rule)));
  return way;
}

const json &rules_in(const Metric &metric) {
  return member_of(metric.definition.json, "events");
}

}  // namespace

CrossLinks::CrossLinks(const Dictionary &dictionary) : dictionary_(dictionary) {
  for (const Event &event : dictionary.events) events_.emplace(event.name, &event);
  for (const Metric &metric : dictionary.metrics) {
    metrics_.emplace(metric.key_path, &metric);
    for (const std::string &component : metric.components) using_.emplace(component, &metric);
    for (const json &rule : rules_in(metric)) counting_.emplace(text_of(rule, "name"), &metric);
  }
}

PageData CrossLinks::rules_of(const Metric &metric) const {
  PageData rules = no_rows();
  for (const json &rule : rules_in(metric)) {
    const std::string event = text_of(rule, "name");
    const auto found = events_.find(event);
    PageData row = way_of(rule);
    row.set("parts", parts_of(event));
    row.set("page", found == events_.end() ? PageData(false) : PageData(found->second->page));
    rules << row;
  }
  return rules;
}

PageData CrossLinks::metrics_counting(const Event &event) const {
  PageData rows = no_rows();
  const Metric *last = nullptr;
  for (auto [at, end] = counting_.equal_range(event.name); at != end; ++at) {
    // Two rules on one event stand side by side.
    if (at->second == last) continue;
    last = at->second;
    PageData row = link_to(*last);
    row.set("status", status_of(*last, dictionary_.source.has_value()));
    PageData ways = no_rows();
    for (const json &rule : rules_in(*last)) {
      if (text_of(rule, "name") == event.name) ways << way_of(rule);
    }
    row.set("ways", ways);
    rows << row;
  }
  return rows;
}

PageData CrossLinks::components_of(const Metric &metric) const {
  PageData links = no_rows();
  for (const std::string &component : metric.components) {
    const auto found = metrics_.find(component);
    PageData link = found == metrics_.end() ? no_members() : link_to(*found->second);
    if (found == metrics_.end()) {
      link.set("parts", parts_of(component));
      link.set("page", PageData(false));
    }
    links << link;
  }
  return links;
}

PageData CrossLinks::users_of(const Metric &metric) const {
  PageData links = no_rows();
  for (auto [at, end] = using_.equal_range(metric.key_path); at != end; ++at) links << link_to(*at->second);
  return links;
}

PageData CrossLinks::siblings_of(const Metric &metric) const {
  PageData links = no_rows();
  const std::string written = text_of(metric.definition.json, "key_path");
  for (const char *suffix : {"_weekly", "_monthly", ""}) {
    const auto found = metrics_.find(written + suffix);
    const bool is_same = found != metrics_.end() && found->second != &metric &&
                         text_of(found->second->definition.json, "key_path") == written;
    if (is_same) links << link_to(*found->second);
  }
  return links;
}

}  // namespace internal_events::cli::dictionary
