// The encodings that Redis has for a HyperLogLog, as GET returns them: a header, and registers, dense or sparse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/sketches/hll_format.hpp"

namespace internal_events::core {

constexpr std::size_t redis_hll_header_size = 16;

// No encoding is longer than this: a sparse one takes at most a byte a register, a dense one six bits.
constexpr std::size_t redis_hll_largest_encoding = redis_hll_header_size + hll_register_count;

// Reads the registers of a sketch that PFADD made; returns what is wrong with the bytes, if anything. Ranks that our
// five bits do not hold become 31: one element in two billion has such a rank.
std::optional<std::string_view> read_redis_hll(std::span<const std::uint8_t> bytes,
                                               std::span<std::uint8_t, hll_register_count> registers) noexcept;

}  // namespace internal_events::core
