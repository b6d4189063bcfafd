#pragma once

#include <array>
#include <cstdint>

namespace internal_events::core {

using Uuid = std::array<std::uint8_t, 16>;

// A version 7 UUID (RFC 9562) of a time in microseconds since 1970 and ten random bytes; the microseconds are kept in
// the 12 bits behind the version, so ids of one millisecond still sort by time.
Uuid uuid_v7(std::int64_t unix_microseconds, const std::array<std::uint8_t, 10> &random) noexcept;

}  // namespace internal_events::core
