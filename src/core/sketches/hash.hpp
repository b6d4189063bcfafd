#pragma once

#include <cstdint>
#include <string_view>

namespace internal_events::core {

// MurmurHash64A with the seed of Redis: the hash that PFADD gives an element.
std::uint64_t redis_hash(std::string_view element) noexcept;

// The same, of an id's decimal text.
std::uint64_t redis_hash(std::int64_t id) noexcept;

}  // namespace internal_events::core
