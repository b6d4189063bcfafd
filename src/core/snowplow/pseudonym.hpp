#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace internal_events::core {

// What stands for an id outside: a keyed hash (HMAC-SHA-256) of its decimal text, in base64. Without the key it neither
// leads back to the id nor can be guessed by hashing all ids.
std::string pseudonym_of(std::int64_t id, std::string_view key);

// Reads base64 in its standard or its URL-safe alphabet, padded or not; nothing where it is none.
std::optional<std::string> base64_decoded(std::string text);

}  // namespace internal_events::core
