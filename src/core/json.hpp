// JSON: read, asked for its texts and printed, in one way each. Who only does that need not compile all of nlohmann's.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace internal_events::core {

using JsonPointer = nlohmann::json_pointer<std::string>;

// Reads JSON, into nlohmann::json or ordered_json; throws where it is none.
template <typename Json = nlohmann::json>
Json parse_json(std::string_view text);

// Reads what may be no JSON: the value is discarded then.
template <typename Json = nlohmann::json>
Json parse_foreign_json(std::string_view text);

// The member of an object, or null where there is none.
const nlohmann::json &member_of(const nlohmann::json &object, std::string_view name);

// The text of a member; empty where there is none, or something else.
std::string text_of(const nlohmann::json &object, std::string_view name);

// A text as JSON; null where it is empty.
nlohmann::json text_or_null(std::string_view text);

// An indent for people, who want a line for each key.
constexpr int indented = 2;

// Prints JSON, by default on one line. Its texts are of others, and may be no UTF-8: U+FFFD stands for what is none.
std::string json_text(const nlohmann::json &json, int indent = -1);
std::string json_text(const nlohmann::ordered_json &json, int indent = -1);

// A text as it is, anything else as JSON.
std::string bare_text(const nlohmann::json &json);
std::string bare_text(const nlohmann::ordered_json &json);

}  // namespace internal_events::core
