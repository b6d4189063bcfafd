#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/definitions/definition.hpp"

namespace internal_events::core {

// The JSON Schema of a kind of definition, from definitions/schema, as built into the library.
const nlohmann::json &schema_of(Kind kind);

// The JSON Schema of the key `instrumentation`, which the schemas of metrics and of instrumentations contain.
const nlohmann::json &calculation_schema();

// The schema of an object's member or of a list's items; null where it says nothing of them.
const nlohmann::json *schema_of_member(const nlohmann::json &schema, const std::string &name);
const nlohmann::json *schema_of_items(const nlohmann::json &schema);

// Whether a schema that names types names the one of a value; a schema that names none allows all.
bool allows_type(const nlohmann::json &schema, const nlohmann::json &value);

// The most characters that a schema allows a text.
std::optional<std::size_t> longest_text(const nlohmann::json &schema);

// What a schema allows, in words: "one of: active, removed".
std::string allowed_by(const nlohmann::json &schema);

}  // namespace internal_events::core
