#include "core/migration/legacy_metric.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/redis/redis_names.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

constexpr std::array<std::string_view, 5> known_classes = {"RedisHLLMetric", "RedisMetric", "AggregatedMetric",
                                                           "TotalCountMetric", "UniqueCountMetric"};
constexpr std::array<std::string_view, 6> known_options = {"aggregate", "counter_class",        "event",
                                                           "events",    "include_usage_prefix", "prefix"};
constexpr const char *by_hand = "Write data_source: internal_events and events: yourself; see docs/definitions.md";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

// What an attribute of an aggregate is called in a rule: user.id for user_id.
std::string identifier_of_attribute(const std::string &attribute) {
  if (attribute == "user_id" || attribute == "project_id" || attribute == "namespace_id") {
    return identifier_named(attribute.substr(0, attribute.size() - 3));
  }
  return attribute;
}

// The only identifier of an event that is defined without the one that would be assumed; empty where there is no such.
std::string only_identifier(const MigrationNames &names, const std::string &event) {
  const auto defined = names.defined_events.find(event);
  if (defined == names.defined_events.end() || defined->second.size() != 1) return "";
  return identifier_named(*defined->second.begin());
}

// The last name of a key path without what stands for its time frame.
std::string name_in_key_path(const nlohmann::json &metric) {
  std::string name = text_of(metric, "key_path");
  name = name.substr(name.rfind('.') + 1);
  for (const std::string_view suffix : {"_weekly", "_monthly"}) {
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return name;
}

// Reads one metric, up to the first thing that keeps it from being migrated.
class Reader {
 public:
  Reader(const Document &document, const MigrationNames &names)
      : document_(document),
        names_(names),
        options_(member_of(document.json, "options")),
        is_unique_(text_of(document.json, "data_source") == "redis_hll") {}

  std::variant<LegacyMetric, Refusal> read() {
    const bool is_read = is_migratable() && (has_events() ? read_events() : is_unique_ ? read_uniques() : read_total());
    if (!is_read || !agree()) return std::move(refusal_);
    return std::move(metric_);
  }

 private:
  bool refuse(const JsonPointer &place, std::string reason, std::string remedy, bool needs_hand = true) {
    refusal_ = {document_.position_of(place), std::move(reason), std::move(remedy), needs_hand};
    return false;
  }

  bool has_events() const { return !member_of(document_.json, "events").empty(); }

  // Refuses what is history, what is calculated otherwise, and what is computed by code that no file shows.
  bool is_migratable() {
    if (text_of(document_.json, "status") == "removed") {
      return refuse(JsonPointer("/status"), "is removed: it is history, and stays as it is", "", false);
    }
    if (member_of(document_.json, "instrumentation").is_object()) {
      return refuse(JsonPointer("/instrumentation"), "is calculated by its instrumentation already", "", false);
    }
    const std::string class_name = text_of(document_.json, "instrumentation_class");
    if (!class_name.empty() && !contains(known_classes, class_name)) {
      return refuse(JsonPointer("/instrumentation_class"), "is computed by code, the class " + class_name, by_hand);
    }
    for (const auto &[key, value] : options_.items()) {
      if (!contains(known_options, key)) {
        return refuse(JsonPointer("/options") / key, "has an option that only the class knows: " + key, by_hand);
      }
    }
    const nlohmann::json &aggregate = member_of(options_, "aggregate");
    if (aggregate.is_object() && text_of(aggregate, "operator") != "OR") {
      return refuse(JsonPointer("/options/aggregate"),
                    "counts who did all of several things, which no list of events says",
                    "Write a metric for each event, and one with instrumentation: {intersect: [...]} of their key "
                    "paths; see docs/definitions.md, aggregate");
    }
    return true;
  }

  // Takes the rules of a file that has them.
  bool read_events() {
    metric_.has_events = true;
    const nlohmann::json &events = member_of(document_.json, "events");
    std::set<std::string> listed;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const nlohmann::json &filter = member_of(events[i], "filter");
      SelectionRule rule{text_of(events[i], "name"), text_of(events[i], "unique"),
                         filter.is_object() ? json_text(canonical_value(filter)) : "{}",
                         text_of(events[i], "operator")};
      if (is_unique_ && rule.unique.empty()) {
        return refuse(JsonPointer("/events") / i, "does not say what is counted once of " + rule.event,
                      "Write unique: user.id, project.id or namespace.id to each of its events, and run again");
      }
      listed.insert(rule.event);
      metric_.rules.push_back({std::move(rule), 0});
    }
    for (const nlohmann::json &name : member_of(options_, "events")) {
      if (!name.is_string() || listed.count(name.get<std::string>()) == 0) {
        return refuse(JsonPointer("/options/events"), "names other events in options than in events",
                      "Make both agree, or remove the list in options, and run again");
      }
    }
    return true;
  }

  // Takes the old names of unique counters.
  bool read_uniques() {
    const nlohmann::json &old_names = member_of(options_, "events");
    if (!old_names.is_array() || old_names.empty()) return refuse_nameless("options: {events: [NAME]}");
    const std::string attribute = identifier_of_attribute(text_of(member_of(options_, "aggregate"), "attribute"));
    std::vector<std::string> assumed;
    std::vector<std::pair<std::string, SelectionRule>> renamed;
    for (std::size_t i = 0; i < old_names.size(); ++i) {
      const JsonPointer place = JsonPointer("/options/events") / i;
      if (!old_names[i].is_string()) return refuse(place, "has an item in options.events that is not a name", by_hand);
      const std::string old_name = old_names[i].get<std::string>();
      const ResolvedEvent resolved = resolve_unique(names_, old_name, attribute);
      if (resolved.is_renamed) renamed.emplace_back(old_name, resolved.rule);
      if (resolved.is_assumed) assumed.push_back(old_name);
      add(resolved.rule, document_.position_of(place).line);
    }
    if (renamed.size() == 1) note_rename(renamed[0].first, renamed[0].second);
    if (renamed.size() > 1) {
      metric_.notes.push_back(std::to_string(renamed.size()) + " of its " + std::to_string(old_names.size()) +
                              " names stand for other events, by the overrides");
    }
    note_assumption(assumed);
    return true;
  }

  // Takes the name of a counter.
  bool read_total() {
    const std::string event = text_of(options_, "event");
    if (event.empty()) return refuse_nameless("options: {prefix: PREFIX, event: NAME}");
    const std::string counter_class = text_of(options_, "counter_class");
    const std::string prefix =
        counter_class.empty() ? text_of(options_, "prefix") : prefix_of_counter_class(counter_class);
    const bool has_usage_prefix = member_of(options_, "include_usage_prefix") != false;
    const std::string key = redis_key_of_total(prefix, event, has_usage_prefix);
    const std::string name = prefix.empty() ? event : prefix + '_' + event;
    if (const auto renamed = names_.redis.rule_of_total(key)) {
      note_rename(key, *renamed);
      add(*renamed, 0);
      return true;
    }
    const std::string override = "'{event_counters}_" + lower(name) + "': " + key;
    if (!counter_class.empty()) {
      return refuse(JsonPointer("/options/counter_class"),
                    "its name in Redis is in the code of " + counter_class + "; " + key + " would be usual",
                    "Name it by --counter-overrides, a file with a line " + override +
                        "; or write prefix: in place of counter_class:, and run again");
    }
    metric_.notes.push_back("its event is called " + lower(name) + ", so import-redis needs the override " + override);
    add({lower(name), "", "{}", ""}, 0);
    return true;
  }

  bool refuse_nameless(const std::string &example) {
    return refuse(JsonPointer("/data_source"), "names no event",
                  "Write " + example + " and run again; the key path suggests " + name_in_key_path(document_.json) +
                      ". Or set status: removed if nothing counts it");
  }

  // Keeps a rule, once.
  void add(SelectionRule rule, int line) {
    const bool is_new = std::none_of(metric_.rules.begin(), metric_.rules.end(), [&](const LegacyRule &known) {
      return known.rule.canonical() == rule.canonical();
    });
    if (is_new) metric_.rules.push_back({std::move(rule), line});
  }

  void note_rename(const std::string &old_name, const SelectionRule &rule) {
    std::string note = old_name + " is the event " + rule.event;
    const nlohmann::json filter = rule.filter_json();
    for (const auto &[name, value] : filter.items()) {
      note += ", " + name + ' ' + bare_text(value);
    }
    metric_.notes.push_back(note + ", by the overrides");
  }

  void note_assumption(const std::vector<std::string> &events) {
    if (events.empty()) return;
    const std::string description = text_of(document_.json, "description");
    metric_.notes.push_back(names_.default_identifier + " is assumed to be what is counted once of " + joined(events) +
                            (description.empty() ? "" : "; the description says: " + description));
  }

  // Refuses rules whose counts cannot be put together.
  bool agree() {
    for (const LegacyRule &each : metric_.rules) {
      const LegacyRule &first = metric_.rules.front();
      if (each.rule.unique == first.rule.unique) continue;
      return refuse(JsonPointer("/options"),
                    "counts " + first.rule.unique + " of " + first.rule.event + " and " + each.rule.unique + " of " +
                        each.rule.event + ", and a metric counts one thing",
                    "Write a metric for each, or say by --identifier EVENT=... what is counted once");
    }
    return true;
  }

  const Document &document_;
  const MigrationNames &names_;
  const nlohmann::json &options_;
  bool is_unique_;
  LegacyMetric metric_;
  Refusal refusal_;
};

}  // namespace

ResolvedEvent resolve_unique(const MigrationNames &names, const std::string &old_name, const std::string &attribute) {
  ResolvedEvent resolved{{old_name, "", "{}", ""}};
  if (const auto renamed = names.redis.rule_of_unique(old_name)) {
    resolved.rule = *renamed;
    resolved.is_renamed = renamed->event != old_name;
  }
  for (const std::string &name : {old_name, resolved.rule.event}) {
    const auto said = names.identifiers.find(name);
    if (said == names.identifiers.end()) continue;
    resolved.rule.unique = said->second;
    return resolved;
  }
  if (resolved.rule.unique.empty()) resolved.rule.unique = attribute;
  if (resolved.rule.unique.empty()) resolved.rule.unique = only_identifier(names, old_name);
  if (resolved.rule.unique.empty()) {
    resolved.rule.unique = names.default_identifier;
    resolved.is_assumed = true;
  }
  return resolved;
}

std::variant<LegacyMetric, Refusal> read_legacy_metric(const Document &document, const MigrationNames &names) {
  return Reader(document, names).read();
}

std::string prefix_of_counter_class(const std::string &counter_class) {
  std::string name = counter_class.substr(counter_class.rfind(':') + 1);
  if (name.ends_with("Counter")) name.resize(name.size() - std::string_view("Counter").size());
  std::string prefix;
  for (const char c : name) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && !prefix.empty() && prefix.back() != '_') prefix += '_';
    prefix += is_upper ? static_cast<char>(c + 32) : c;
  }
  return prefix;
}

}  // namespace internal_events::core
