#include "cli/dictionary/pages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/dictionary/embedded_files.hpp"
#include "cli/dictionary/presentation.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::member_of;
using core::text_of;
using nlohmann::json;

kainjow::mustache::mustache read_template(const std::string &name) {
  kainjow::mustache::mustache read{std::string(embedded_file(name))};
  if (!read.is_valid()) throw std::logic_error(name + ": " + read.error_message());
  return read;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

// What a metric is in the table, and at the top of its page.
void set_summary(PageData &page, const Metric &metric, bool is_asked) {
  const json &definition = metric.definition.json;
  page.set("key_path", metric.key_path);
  page.set("parts", parts_of(metric.key_path));
  page.set("page", metric.page);
  page.set("description", text(text_of(definition, "description")));
  page.set("time_frame", metric.time_frame);
  page.set("data_source", text(text_of(definition, "data_source")));
  page.set("status", status_of(metric, is_asked));
  page.set("product_group", text(text_of(definition, "product_group")));
  page.set("tiers", items_of(tiers_of(definition)));
  page.set("has_tiers", PageData(!tiers_of(definition).empty()));
  page.set("category", text(lower(text_of(definition, "data_category"))));
}

// The value as it stands in the table: numbers can be sorted, and long texts are cut.
void set_cell(PageData &row, const Metric &metric) {
  const bool has_value = metric.loaded && metric.loaded->value;
  const json value = has_value ? core::parse_json(*metric.loaded->value) : json();
  row.set("order", value.is_number() ? core::json_text(value) : "");
  row.set("has_value", PageData(has_value));
  row.set("value", has_value ? readable(value) : "");
}

// The value and what is to be said of it, on the page of a metric.
void set_value(PageData &page, const Metric &metric, const Source &source) {
  const Loaded loaded = metric.loaded.value_or(Loaded{});
  const json value = loaded.value ? core::parse_json(*loaded.value) : json();
  page.set("has_value", PageData(loaded.value.has_value()));
  page.set("value", readable(value, 2));
  page.set("is_text", PageData(!value.is_number()));
  page.set("remedy", text(remedy_of(metric, source)));
  page.set("period", text(period_of(loaded)));
  page.set("standard_error", text(percent(loaded.standard_error)));
  page.set("differs", PageData(loaded.differs));
  page.set("view", text(loaded.view));
  page.set("sql", text(loaded.sql));
  const json &rules = member_of(metric.definition.json, "events");
  const std::string unit = rules.is_array() && !rules.empty() ? counted_by(rules.front()) : "";
  set_history(page, loaded, unit, is_additive(metric.definition.json), source);
}

}  // namespace

Pages::Pages(const Dictionary &dictionary)
    : dictionary_(dictionary),
      links_(dictionary),
      metrics_(read_template("metrics.mustache")),
      events_(read_template("events.mustache")),
      metric_(read_template("metric.mustache")),
      event_(read_template("event.mustache")) {}

// What every page has: `root` leads from it to the first one.
PageData Pages::page(const std::string &heading, const std::string &root) const {
  PageData page = no_members();
  for (const char *name : {"head", "foot", "history", "definition"}) {
    page.set(name, std::string(embedded_file(std::string(name) + ".mustache")));
  }
  page.set("site", dictionary_.title);
  page.set("heading", heading);
  page.set("root", root);
  page.set("version", INTERNAL_EVENTS_VERSION);
  page.set("metric_count", std::to_string(dictionary_.metrics.size()));
  page.set("event_count", std::to_string(dictionary_.events.size()));
  page.set("on_metrics", PageData(false));
  page.set("on_events", PageData(false));
  page.set("is_asked", PageData(dictionary_.source.has_value()));
  page.set("with_values", PageData(dictionary_.source && dictionary_.source->with_values));
  page.set("database", dictionary_.source ? dictionary_.source->database : "");
  page.set("moment", dictionary_.source ? dictionary_.source->moment : "");
  return page;
}

std::string Pages::metrics() {
  PageData page = this->page("Metrics", "");
  PageData rows = no_rows();
  for (const Metric &metric : dictionary_.metrics) {
    PageData row = no_members();
    set_summary(row, metric, dictionary_.source.has_value());
    set_cell(row, metric);
    rows << row;
  }
  page.set("metrics", rows);
  page.set("on_metrics", PageData(true));
  return metrics_.render(page);
}

std::string Pages::events() {
  PageData page = this->page("Events", "");
  PageData rows = no_rows();
  for (const Event &event : dictionary_.events) {
    const json &definition = event.definition.json;
    const std::string status = text_of(definition, "status");
    PageData row = no_members();
    row.set("name", event.name);
    row.set("parts", parts_of(event.name));
    row.set("page", event.page);
    row.set("description", text(text_of(definition, "description")));
    row.set("status", status.empty() ? "active" : status);
    row.set("product_group", text_of(definition, "product_group"));
    row.set("category", text_of(definition, "category"));
    row.set("identifiers", items_of(member_of(definition, "identifiers")));
    row.set("tiers", items_of(tiers_of(definition)));
    row.set("used_by", std::to_string(links_.metrics_counting(event).list_value().size()));
    rows << row;
  }
  page.set("events", rows);
  page.set("on_events", PageData(true));
  return events_.render(page);
}

std::string Pages::metric(const Metric &metric) {
  PageData page = this->page(metric.key_path, "../");
  set_definition(page, metric.definition);
  set_summary(page, metric, dictionary_.source.has_value());
  set_value(page, metric, dictionary_.source.value_or(Source{}));
  page.set("facts", facts_of(metric.definition.json, {{"value_type", "Value type"},
                                                      {"product_categories", "Product categories"},
                                                      {"performance_indicator_type", "Performance indicator"},
                                                      {"instrumentation_class", "Instrumentation class"},
                                                      {"options", "Options"},
                                                      {"milestone", "Milestone"},
                                                      {"introduced_by_url", "Introduced by"},
                                                      {"milestone_removed", "Removed in"},
                                                      {"removed_by_url", "Removed by"},
                                                      {"repair_issue_url", "Repair issue"}}));
  page.set("rules", links_.rules_of(metric));
  page.set("counts_events", PageData(!member_of(metric.definition.json, "events").empty()));
  page.set("components", links_.components_of(metric));
  page.set("has_components", PageData(!metric.components.empty()));
  page.set("users", links_.users_of(metric));
  page.set("has_users", PageData(!links_.users_of(metric).is_empty_list()));
  page.set("siblings", links_.siblings_of(metric));
  page.set("has_siblings", PageData(!links_.siblings_of(metric).is_empty_list()));
  return metric_.render(page);
}

std::string Pages::event(const Event &event) {
  const json &definition = event.definition.json;
  PageData page = this->page(event.name, "../");
  page.set("parts", parts_of(event.name));
  set_definition(page, event.definition);
  const std::string status = text_of(definition, "status");
  page.set("status", status.empty() ? "active" : status);
  page.set("product_group", text(text_of(definition, "product_group")));
  page.set("identifiers", items_of(member_of(definition, "identifiers")));
  page.set("has_identifiers", PageData(!member_of(definition, "identifiers").empty()));
  page.set("tiers", items_of(tiers_of(definition)));
  page.set("has_tiers", PageData(!tiers_of(definition).empty()));
  page.set("facts", facts_of(definition, {{"category", "Category"},
                                          {"classification", "Classification"},
                                          {"product_categories", "Product categories"},
                                          {"milestone", "Milestone"},
                                          {"introduced_by_url", "Introduced by"},
                                          {"milestone_removed", "Removed in"},
                                          {"removed_by_url", "Removed by"}}));
  PageData properties = no_rows();
  for (const auto &[name, property] : member_of(definition, "additional_properties").items()) {
    PageData row = no_members();
    row.set("name", name);
    row.set("type", text(text_of(property, "type")));
    row.set("meaning", text_of(property, "description"));
    properties << row;
  }
  page.set("properties", properties);
  page.set("has_properties", PageData(!properties.is_empty_list()));
  page.set("metrics", links_.metrics_counting(event));
  page.set("is_counted", PageData(!links_.metrics_counting(event).is_empty_list()));
  page.set("is_loaded", PageData(event.loaded.has_value()));
  page.set("differs", PageData(event.loaded && event.loaded->differs));
  set_history(page, event.loaded.value_or(Loaded{}), "events", true, dictionary_.source.value_or(Source{}));
  return event_.render(page);
}

}  // namespace internal_events::cli::dictionary
