// The binary format of postgresql-hll (version 1 of the HLL storage specification), for log2m 14 and register width 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace internal_events::core {

constexpr unsigned hll_log2m = 14;
constexpr std::size_t hll_register_count = std::size_t{1} << hll_log2m;
constexpr unsigned hll_register_bits = 5;
constexpr std::uint8_t hll_largest_register = (1U << hll_register_bits) - 1;

// As many elements are kept as themselves as need no more room than all registers; up to here a count is exact.
constexpr std::size_t hll_explicit_limit = hll_register_count * hll_register_bits / 64;

// No encoding is longer than this.
constexpr std::size_t hll_largest_encoding = 3 + hll_register_count * hll_register_bits / 8;

// Raises the register that a hash belongs to.
void hll_add(std::span<std::uint8_t, hll_register_count> registers, std::uint64_t hash) noexcept;

// Encodes at most `hll_explicit_limit` distinct hashes, sorting them on the way; returns the length.
std::size_t hll_encode_explicit(std::span<std::uint64_t> hashes, std::span<std::uint8_t> out) noexcept;

// Encodes registers, sparse where that is shorter; returns the length.
std::size_t hll_encode_registers(std::span<const std::uint8_t, hll_register_count> registers,
                                 std::span<std::uint8_t> out) noexcept;

}  // namespace internal_events::core
