#include "core/generator/tracking_examples.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using Json = nlohmann::ordered_json;

// What an identifier is called in track_event(), an id for examples, and one that a test database will not have.
struct ExampleArgument {
  const char *identifier;
  const char *name;
  const char *value;
  const char *value_of_nobody;
};
constexpr ExampleArgument arguments[] = {
    {"user", "user_id", "7", "1000000007"},
    {"project", "project_id", "3", "1000000003"},
    {"namespace", "namespace_id", "2", "1000000002"},
    {"feature_enabled_by_namespace_ids", "feature_enabled_by_namespace_ids", "ARRAY[2]", "ARRAY[1000000002]"},
};

enum class Ids { usual, of_nobody };

// A text in quotes, with each quote in it doubled or escaped.
std::string quoted(const std::string &text, char quote, const std::string &escaped) {
  std::string result(1, quote);
  for (const char c : text) result += c == quote ? escaped : std::string(1, c);
  return result + quote;
}

std::string sql_literal(const std::string &text) {
  return quoted(text, '\'', "''");
}

// JSON in an attribute of an element, or any other text.
std::string attribute(const std::string &name, const std::string &text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  }
  return ' ' + name + "=\"" + escaped + '"';
}

bool is_built_in(const std::string &property) {
  return property == "label" || property == "property" || property == "value";
}

// track_event(...) without SELECT.
std::string call(const TrackingExample &example, Ids ids) {
  std::string text = "track_event(" + sql_literal(example.event);
  for (const ExampleArgument &argument : arguments) {
    if (!contains(example.identifiers, argument.identifier)) continue;
    text +=
        std::string(", ") + argument.name + " => " + (ids == Ids::usual ? argument.value : argument.value_of_nobody);
  }
  if (!example.properties.empty()) {
    text += ", additional_properties => " + sql_literal(json_text(example.properties));
  }
  return text + ')';
}

bool matches(const Json &rule, const TrackingExample &example) {
  if (rule.at("name") != example.event) return false;
  const Json filter = rule.value("filter", Json::object());
  return std::all_of(filter.items().begin(), filter.items().end(), [&](const auto &condition) {
    return example.properties.contains(condition.key()) && example.properties.at(condition.key()) == condition.value();
  });
}

// By how much the examples raise a metric.
Json increase(const ExampleMetric &metric, const std::vector<TrackingExample> &examples) {
  std::set<std::string> uniques;
  Json total = 0;
  for (const TrackingExample &example : examples) {
    for (const Json &rule : metric.rules) {
      if (!matches(rule, example)) continue;
      const std::string unique = rule.value("unique", "");
      // Each example has the same ids.
      if (!unique.empty()) uniques.insert(json_text(example.properties.value(unique, Json())));
      const Json step = rule.contains("operator") ? example.properties.value("value", Json(0)) : Json(1);
      total = total.is_number_float() || step.is_number_float() ? Json(total.get<double>() + step.get<double>())
                                                                : Json(total.get<long>() + step.get<long>());
    }
  }
  return uniques.empty() ? total : Json(uniques.size());
}

// A value of a property, where no rule asks for one.
Json example_value(const std::string &property) {
  return property == "value" ? Json(1) : Json("example");
}

// Gives properties of which unique values are counted a value that a test database will not have.
void make_unique(TrackingExample &example, const std::vector<ExampleMetric> &metrics) {
  for (const ExampleMetric &metric : metrics) {
    for (const Json &rule : metric.rules) {
      const std::string unique = rule.value("unique", "");
      const bool is_filtered = rule.contains("filter") && rule.at("filter").contains(unique);
      if (!example.properties.contains(unique) || is_filtered) continue;
      example.properties[unique] = unique == "value" ? Json(1000000001) : Json("of this test only");
    }
  }
}

// The part of a test that compares a metric before and after.
std::string comparison(const std::string &key_path, const Json &raised_by) {
  return "SELECT is(internal_events.metric_value(b.key_path)::numeric, b.value + " + json_text(raised_by) + ",\n" +
         "          'counted by " + key_path + "')\n" +  //
         "  FROM before b WHERE b.key_path = " + sql_literal(key_path) + ";\n";
}

}  // namespace

TrackingExample tracking_example(const std::string &event, std::vector<std::string> identifiers,
                                 const std::vector<std::string> &properties, const nlohmann::ordered_json &rules) {
  TrackingExample example{event, std::move(identifiers), Json::object()};
  for (const std::string &property : properties) example.properties[property] = example_value(property);
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Json &one) { return one.at("name") == event; });
  if (rule == rules.end()) return example;
  if (const std::string unique = rule->value("unique", ""); unique.ends_with(".id")) {
    const std::string identifier = unique.substr(0, unique.size() - 3);
    if (!contains(example.identifiers, identifier)) example.identifiers.push_back(identifier);
  } else if (!unique.empty() && !example.properties.contains(unique)) {
    example.properties[unique] = example_value(unique);
  }
  if (rule->contains("operator")) example.properties["value"] = example_value("value");
  if (rule->contains("filter")) example.properties.update(rule->at("filter"));
  return example;
}

std::string sql_call(const TrackingExample &example) {
  return "SELECT " + call(example, Ids::usual) + ";";
}

std::string javascript_call(const TrackingExample &example) {
  const std::string properties = example.properties.empty() ? "" : ", " + json_text(example.properties);
  return "InternalEvents.trackEvent(" + quoted(example.event, '\'', "\\'") + properties + ");";
}

std::string html_element(const TrackingExample &example) {
  std::string attributes = attribute("data-event-tracking", example.event);
  Json others = Json::object();
  for (const auto &[property, value] : example.properties.items()) {
    if (is_built_in(property)) {
      attributes += attribute("data-event-" + property, bare_text(value));
    } else {
      others[property] = value;
    }
  }
  if (!others.empty()) attributes += attribute("data-event-additional", json_text(others));
  return "<button" + attributes + ">...</button>";
}

std::string pgtap_test(std::vector<TrackingExample> examples, const std::vector<ExampleMetric> &metrics) {
  for (TrackingExample &example : examples) make_unique(example, metrics);
  std::string key_paths;
  std::string tests;
  std::size_t count = examples.size();
  for (const TrackingExample &example : examples) {
    tests += "SELECT ok(" + call(example, Ids::of_nobody) + ", " + sql_literal(example.event + " is recorded") + ");\n";
  }
  for (const ExampleMetric &metric : metrics) {
    const Json raised_by = increase(metric, examples);
    for (const std::string &key_path : metric.key_paths) {
      key_paths += (key_paths.empty() ? "" : ",\n                          ") + sql_literal(key_path);
      tests += comparison(key_path, raised_by);
      ++count;
    }
  }
  std::string text = "BEGIN;\nSELECT plan(" + std::to_string(count) + ");\n";
  if (!key_paths.empty()) {
    text +=
        "-- As on next Monday: the last complete week is then this one.\n"
        "DO $$ BEGIN\n"
        "    PERFORM set_config('internal_events.as_of',\n"
        "                       (date_trunc('week', now() AT TIME ZONE 'UTC') + interval '1 week')::date::text, "
        "true);\n"
        "END $$;\n"
        "CREATE TEMP TABLE before AS\n"
        "    SELECT v.key_path, v.value::numeric FROM internal_events.metric_values v\n"
        "     WHERE v.key_path IN (" +
        key_paths + ");\n";
  }
  return text + tests + "SELECT * FROM finish();\nROLLBACK;\n";
}

}  // namespace internal_events::core
