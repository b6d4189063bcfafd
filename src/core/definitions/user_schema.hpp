#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>

namespace internal_events::core {

// Why a user's schema, or a value, is not worked on.
class Unacceptable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How much work a schema makes.
struct SchemaCost {
  std::size_t parts = 0;  // keywords and what they list, counted as often as references lead to them
  bool has_unique_items = false;
};

// Reads JSON text of a limited length and depth, and integers up to the 64-bit limit; throws Unacceptable, with `what`
// as the name of the text.
nlohmann::json parse_limited(const std::string &text, const std::string &what);

// Goes through a schema as validation would, and leaves out what is not checked. Throws Unacceptable where validating
// with it could take the stack or the day: references in a circle, or to elsewhere, regular expressions.
SchemaCost prepare_schema(nlohmann::json &schema);

// Throws Unacceptable if a value is too large to be validated at that cost.
void check_size(const nlohmann::json &value, const SchemaCost &cost);

}  // namespace internal_events::core
