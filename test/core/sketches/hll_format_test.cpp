#include "core/sketches/hll_format.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace internal_events::core {
namespace {

using Registers = std::array<std::uint8_t, hll_register_count>;

std::vector<std::uint8_t> encode(const Registers &registers) {
  std::vector<std::uint8_t> out(hll_largest_encoding);
  out.resize(hll_encode_registers(registers, out));
  return out;
}

// Reads the value of a few bits that begin at a bit of an encoding, most significant bit first.
std::uint32_t bits(const std::vector<std::uint8_t> &encoded, std::size_t first, unsigned count) {
  std::uint32_t value = 0;
  for (std::size_t bit = first; bit < first + count; ++bit) {
    value = value << 1U | (encoded[3 + bit / 8] >> (7 - bit % 8) & 1U);
  }
  return value;
}

TEST(HllFormatTest, AddTakesTheLowBitsAsRegisterAndCountsZerosInTheRest) {
  Registers registers{};
  hll_add(registers, std::uint64_t{1} << hll_log2m | 5U);
  EXPECT_EQ(registers[5], 1);
  hll_add(registers, std::uint64_t{8} << hll_log2m | 5U);
  EXPECT_EQ(registers[5], 4);
  hll_add(registers, std::uint64_t{1} << hll_log2m | 5U);
  EXPECT_EQ(registers[5], 4) << "a register never falls";
}

TEST(HllFormatTest, AddStopsAtTheLargestRegister) {
  Registers registers{};
  hll_add(registers, std::uint64_t{1} << 63U);
  EXPECT_EQ(registers[0], hll_largest_register);
  hll_add(registers, 7);
  EXPECT_EQ(registers[7], 0) << "a hash without a bit beyond the register's number says nothing";
}

TEST(HllFormatTest, EncodesNothingAsTheEmptySketch) {
  std::vector<std::uint8_t> out(hll_largest_encoding);
  EXPECT_EQ(hll_encode_explicit({}, out), 3U);
  EXPECT_EQ(out[0], 0x11);
  EXPECT_EQ(out[1], 0x8e);
  EXPECT_EQ(out[2], 0x7f);
}

TEST(HllFormatTest, EncodesElementsInSignedOrderBigEndian) {
  std::vector<std::uint64_t> hashes = {2, 0xffffffffffffffff, 0x0102030405060708};
  std::vector<std::uint8_t> out(hll_largest_encoding);
  out.resize(hll_encode_explicit(hashes, out));
  const std::vector<std::uint8_t> expected = {0x12, 0x8e, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0,
                                              0,    0,    0,    0,    2,    1,    2,    3,    4,    5,    6,    7, 8};
  EXPECT_EQ(out, expected);
}

TEST(HllFormatTest, TheLargestExplicitSketchFits) {
  std::vector<std::uint64_t> hashes(hll_explicit_limit);
  for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = i;
  std::vector<std::uint8_t> out(hll_largest_encoding);
  EXPECT_EQ(hll_encode_explicit(hashes, out), hll_largest_encoding);
}

TEST(HllFormatTest, EncodesFewRegistersAsPairs) {
  Registers registers{};
  registers[1] = 3;
  registers[16383] = 31;
  const auto encoded = encode(registers);
  EXPECT_EQ(encoded[0], 0x13);
  EXPECT_EQ(encoded.size(), 3U + 5U);
  EXPECT_EQ(bits(encoded, 0, 19), 1U << 5U | 3U);
  EXPECT_EQ(bits(encoded, 19, 19), 16383U << 5U | 31U);
}

TEST(HllFormatTest, EncodesManyRegistersOneBehindAnother) {
  Registers registers{};
  for (std::size_t i = 0; i < registers.size(); ++i) registers[i] = static_cast<std::uint8_t>(i % 32);
  const auto encoded = encode(registers);
  EXPECT_EQ(encoded[0], 0x14);
  EXPECT_EQ(encoded.size(), hll_largest_encoding);
  for (std::size_t i = 0; i < registers.size(); ++i) ASSERT_EQ(bits(encoded, i * 5, 5), i % 32);
}

TEST(HllFormatTest, TakesTheShorterEncoding) {
  Registers registers{};
  std::size_t filled = 0;
  while (filled * 19 < hll_register_count * 5) registers[filled++] = 1;
  EXPECT_EQ(encode(registers)[0], 0x14);
  registers[0] = 0;
  EXPECT_EQ(encode(registers)[0], 0x13);
}

}  // namespace
}  // namespace internal_events::core
