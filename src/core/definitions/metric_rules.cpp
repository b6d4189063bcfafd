#include "core/definitions/metric_rules.hpp"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

constexpr std::array<std::string_view, 3> identifiers = {"user.id", "project.id", "namespace.id"};
constexpr std::array<std::string_view, 3> built_in_properties = {"label", "property", "value"};

// A rule, and where it stands in the file.
struct PlacedRule {
  SelectionRule rule;
  JsonPointer place;
};

// Writes a filter so that equal filters are equal texts.
std::string canonical_filter(const nlohmann::json &filter) {
  return filter.is_object() ? json_text(canonical_value(filter)) : "{}";
}

// Reads the rules that the schema let pass as far as to have a name.
std::vector<PlacedRule> placed_rules(const nlohmann::json &events) {
  std::vector<PlacedRule> rules;
  if (!events.is_array()) return rules;
  for (std::size_t i = 0; i < events.size(); ++i) {
    SelectionRule rule{text_of(events[i], "name"), text_of(events[i], "unique"),
                       canonical_filter(member_of(events[i], "filter")), text_of(events[i], "operator")};
    if (!rule.event.empty()) rules.push_back({std::move(rule), JsonPointer("/events") / i});
  }
  return rules;
}

// What a rule counts, in words; rules of one metric must agree in it.
std::string counted_by(const SelectionRule &rule) {
  if (!rule.unique.empty()) return "unique " + rule.unique;
  return rule.operation.empty() ? "all events" : rule.operation;
}

// Reports a property that a rule uses and its event does not declare.
void check_property(DefinitionFile &file, const std::string &event_name, const KnownEvent &event,
                    const std::string &property, const JsonPointer &place) {
  if (event.additional_properties.count(property) > 0) return;
  const std::string undeclared = "the event " + in_quotes(event_name) + " does not declare the property ";
  if (contains(built_in_properties, property)) {
    file.warning(place, undeclared + in_quotes(property) + "; add it to the event's additional_properties");
    return;
  }
  NearestWord nearest(property);
  for (const std::string &known : event.additional_properties) nearest.consider(known);
  for (const std::string_view known : built_in_properties) nearest.consider(known);
  for (const std::string_view known : identifiers) nearest.consider(known);
  file.error(place, undeclared + in_quotes(property) +
                        "; add it to the event's additional_properties, or use one of: " + joined(built_in_properties) +
                        (place.back() == "unique" ? ", " + joined(identifiers) : "") + nearest.suggestion());
}

// Reports properties of a rule that its event does not declare.
void check_properties(DefinitionFile &file, const PlacedRule &placed, const KnownEvent &event) {
  const auto &[rule, place] = placed;
  const nlohmann::json filter = parse_json(rule.filter);
  for (const auto &[property, value] : filter.items()) {
    check_property(file, rule.event, event, property, place / "filter" / property);
  }
  if (!rule.unique.empty() && !contains(identifiers, rule.unique)) {
    check_property(file, rule.event, event, rule.unique, place / "unique");
  }
  if (rule.operation == "sum(value)") check_property(file, rule.event, event, "value", place / "operator");
}

// Reports a rule on an event that is unknown or gone.
void check_event(DefinitionFile &file, const PlacedRule &placed, const Catalog &catalog) {
  const std::string &name = placed.rule.event;
  const auto known = catalog.events.find(name);
  if (known == catalog.events.end()) {
    NearestWord nearest(name);
    for (const auto &event : catalog.events) nearest.consider(event.first);
    file.error(placed.place / "name",
               in_quotes(name) + " is not a known event; load its definition first" + nearest.suggestion());
    return;
  }
  if (known->second.removed) {
    file.warning(placed.place / "name", "the event " + in_quotes(name) + " is removed: nothing new will be counted");
  }
  check_properties(file, placed, known->second);
}

// Says how two rules that cannot be in one metric differ.
std::string disagreement(const SelectionRule &rule, const SelectionRule &first) {
  const std::string both = counted_by(rule) + " here, " + counted_by(first) + " in the first rule";
  const std::string remedy = "; make them agree or write two metrics";
  if (!rule.operation.empty() || !first.operation.empty()) {
    return "an operator and counting cannot be mixed in one metric: " + both + remedy;
  }
  if (!rule.unique.empty() && !first.unique.empty()) {
    return "two kinds of identifier cannot be mixed in one metric: " + both + remedy;
  }
  return "unique and total rules cannot be mixed in one metric: " + both + remedy;
}

// Reports rules whose counts cannot be put together into one value.
void check_agreement(DefinitionFile &file, const std::vector<PlacedRule> &rules) {
  const PlacedRule *first = nullptr;
  for (const PlacedRule &placed : rules) {
    const SelectionRule &rule = placed.rule;
    if (!rule.unique.empty() && !rule.operation.empty()) {
      file.error(placed.place / "operator", "cannot be used together with unique; remove one of the two");
      continue;
    }
    if (first == nullptr) first = &placed;
    if (counted_by(rule) == counted_by(first->rule)) continue;
    const char *key = !rule.operation.empty() ? "operator" : !rule.unique.empty() ? "unique" : "";
    file.error(*key == '\0' ? placed.place : placed.place / key, disagreement(rule, first->rule));
  }
}

// Keeps each rule once, in the order of their canonical texts.
std::vector<SelectionRule> distinct_rules(DefinitionFile &file, const std::vector<PlacedRule> &rules) {
  std::map<std::string, const PlacedRule *> by_text;
  for (const PlacedRule &placed : rules) {
    const auto [seen, is_new] = by_text.emplace(placed.rule.canonical(), &placed);
    if (is_new) continue;
    file.warning(placed.place, "says the same as events[" + seen->second->place.back() +
                                   "] and is counted once; remove one of the two");
  }
  std::vector<SelectionRule> distinct;
  distinct.reserve(by_text.size());
  for (const auto &[text, placed] : by_text) distinct.push_back(placed->rule);
  return distinct;
}

}  // namespace

std::vector<SelectionRule> read_selection_rules(DefinitionFile &file, const Catalog &catalog) {
  const nlohmann::json &events = file.value("events");
  if (events.empty()) {
    file.error(JsonPointer("/events"), "is missing or empty; a metric on internal_events lists the events it counts");
  }
  const std::vector<PlacedRule> rules = placed_rules(events);
  for (const PlacedRule &placed : rules) check_event(file, placed, catalog);
  check_agreement(file, rules);
  return distinct_rules(file, rules);
}

}  // namespace internal_events::core
