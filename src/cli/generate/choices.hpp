// The answers that questions of generate offer.
#pragma once

#include <string>
#include <vector>

#include "cli/generate/known_definitions.hpp"
#include "cli/generate/line_editor.hpp"

namespace internal_events::cli {

// Values of several words have them by commas.
std::vector<Choice> identifier_choices();
std::vector<Choice> time_frame_choices();
std::vector<Choice> tier_choices();

// A new event's name, and the known ones that it resembles; nothing where it resembles none.
std::vector<Choice> similar_choices(const std::string &name, const KnownDefinitions &known);

// What of an event can be counted: "user.id", a property, "total", "sum"; users first.
std::vector<Choice> countable_choices(const std::vector<std::string> &identifiers,
                                      const std::vector<std::string> &properties);

}  // namespace internal_events::cli
