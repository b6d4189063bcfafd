#include "core/definitions/valijson_errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/json.hpp"

namespace internal_events::core {
namespace {

// The beginnings of sentences that repeat what was said below; the last one tells unknown keys too, but names only one.
constexpr std::array<std::string_view, 4> repeated_of_part{
    "Failed to validate against schema associated with property name",
    "Failed to validate item #",
    "Failed to validate against additional properties schema",
    "Object contains a property that could not be validated",
};

}  // namespace

JsonPointer pointer_to(const std::vector<std::string> &context) {
  JsonPointer place;
  for (std::size_t i = 1; i < context.size(); ++i) place.push_back(context[i].substr(1, context[i].size() - 2));
  return place;
}

bool repeats_part(const std::string &sentence) {
  return std::any_of(repeated_of_part.begin(), repeated_of_part.end(),
                     [&](std::string_view beginning) { return sentence.starts_with(beginning); });
}

}  // namespace internal_events::core
