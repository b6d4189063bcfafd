#include <nlohmann/json.hpp>

#include "core/definitions/calculation.hpp"
#include "core/definitions/definition.hpp"
#include "core/definitions/definition_file.hpp"
#include "core/json.hpp"

namespace internal_events::core {
namespace {

// Makes the definition of a file that the schema was checked for, and checks what no schema can say.
InstrumentationDefinition read_instrumentation(DefinitionFile &file) {
  const JsonPointer place("/instrumentation");
  // Which metrics will use it is not known here, so it must do for every time frame.
  const nlohmann::json calculation = read_calculation(file, true);
  if (file.json().contains("instrumentation") && file.value("instrumentation").is_null()) {
    file.error(place, "is empty; it must be a mapping that says what is computed");
  }
  if (has_components(calculation)) {
    file.error(place, "is of kind " + calculation.at("kind").get<std::string>() +
                          ", which names key paths of other metrics; write it into the metric definition");
  }
  return {file.text("instrumentation_class"), canonical_options(file.json()), json_text(calculation),
          json_text(file.json())};
}

}  // namespace

Parsed<InstrumentationDefinition> parse_instrumentation(std::string_view yaml, ParseOptions options) {
  return parse_guarded<InstrumentationDefinition>(yaml, Kind::instrumentation, options, read_instrumentation);
}

}  // namespace internal_events::core
