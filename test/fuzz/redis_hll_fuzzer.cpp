#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/sketches/redis_hll.hpp"

namespace core = internal_events::core;

using Registers = std::array<std::uint8_t, core::hll_register_count>;

// Ends the process where something does not hold, which the fuzzer reports.
static void demand(bool holds) {
  if (!holds) std::abort();
}

// A dense sketch of Redis that has these registers.
static std::vector<std::uint8_t> dense_sketch(const Registers &registers) {
  std::vector<std::uint8_t> bytes = {'H', 'Y', 'L', 'L', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  bytes.resize(core::redis_hll_header_size + registers.size() * 6 / 8);
  for (std::size_t bit = 0; bit < registers.size() * 6; ++bit) {
    const unsigned value = registers[bit / 6] >> (bit % 6) & 1U;
    bytes[core::redis_hll_header_size + bit / 8] |= static_cast<std::uint8_t>(value << (bit % 8));
  }
  return bytes;
}

// What is read has all its registers written, none beyond what ours hold, and is the same by way of the other encoding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  Registers registers;
  registers.fill(255);
  if (core::read_redis_hll({data, size}, registers)) return 0;
  demand(std::all_of(registers.begin(), registers.end(), [](auto rank) { return rank <= core::hll_largest_register; }));
  Registers again;
  demand(!core::read_redis_hll(dense_sketch(registers), again));
  demand(again == registers);
  std::vector<std::uint8_t> encoded(core::hll_largest_encoding);
  demand(core::hll_encode_registers(registers, encoded) <= core::hll_largest_encoding);
  return 0;
}
