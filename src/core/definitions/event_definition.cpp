#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/definitions/definition.hpp"
#include "core/characters.hpp"
#include "core/definitions/definition_file.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

constexpr const char *default_category = "InternalEventTracking";

// A property's name stands beside user.id and the like in metrics, so it must not look like one of them.
bool is_property_name(const std::string &name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// The names of the properties that an event may carry, sorted.
std::vector<std::string> property_names(DefinitionFile &file) {
  const JsonPointer place("/additional_properties");
  std::vector<std::string> names;
  const nlohmann::json &properties = file.value("additional_properties");
  if (!properties.is_object()) return names;
  for (const auto &[name, description] : properties.items()) {
    if (!is_property_name(name)) {
      file.error(place / name,
                 in_quotes(name) + " cannot be a property's name; allowed are up to 255 letters, digits and _");
    }
    names.push_back(name);
  }
  return names;
}

// The identifiers of an event; a set, since their order says nothing.
std::vector<std::string> declared_identifiers(const DefinitionFile &file) {
  std::set<std::string> names;
  for (const nlohmann::json &name : file.value("identifiers")) {
    if (name.is_string()) names.insert(name.get<std::string>());
  }
  return {names.begin(), names.end()};
}

// Makes the definition of a file that the schema was checked for.
EventDefinition read_event(DefinitionFile &file) {
  EventDefinition event;
  event.name = file.text("action");
  event.category = file.text("category").empty() ? default_category : file.text("category");
  event.removed = file.text("status") == "removed";
  event.identifiers = declared_identifiers(file);
  event.additional_properties = property_names(file);
  event.json = json_text(file.json());
  return event;
}

}  // namespace

Parsed<EventDefinition> parse_event(std::string_view yaml, ParseOptions options) {
  return parse_guarded<EventDefinition>(yaml, Kind::event, options, read_event);
}

}  // namespace internal_events::core
