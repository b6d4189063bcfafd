#include "core/sketches/redis_hll.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace internal_events::core {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Registers = std::array<std::uint8_t, hll_register_count>;

constexpr std::uint8_t dense = 0;
constexpr std::uint8_t sparse = 1;

// A sketch of an encoding; its cached count is what no reader should care about.
Bytes sketch(std::uint8_t encoding, const Bytes &body) {
  Bytes bytes = {'H', 'Y', 'L', 'L', encoding, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0x80};
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

// Writes registers as Redis does: six bits each, least significant first.
Bytes dense_body(const std::vector<unsigned> &registers) {
  Bytes body(registers.size() * 6 / 8);
  for (std::size_t bit = 0; bit < registers.size() * 6; ++bit) {
    if ((registers[bit / 6] >> (bit % 6) & 1U) != 0) body[bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
  }
  return body;
}

std::string fault_of(const Bytes &bytes) {
  Registers registers{};
  return std::string(read_redis_hll(bytes, registers).value_or("none"));
}

Registers read(const Bytes &bytes) {
  Registers registers;
  registers.fill(77);
  EXPECT_EQ(read_redis_hll(bytes, registers), std::nullopt);
  return registers;
}

TEST(RedisHllTest, ReadsEveryRegisterOfADenseSketch) {
  std::vector<unsigned> registers(hll_register_count);
  for (std::size_t index = 0; index < registers.size(); ++index) registers[index] = (index * 7) % 32;
  const Registers found = read(sketch(dense, dense_body(registers)));
  for (std::size_t index = 0; index < registers.size(); ++index) ASSERT_EQ(found[index], registers[index]) << index;
}

TEST(RedisHllTest, RanksAboveOurFiveBitsSaturate) {
  std::vector<unsigned> registers(hll_register_count);
  registers[0] = 31;
  registers[1] = 32;
  registers[hll_register_count - 1] = 51;
  const Registers found = read(sketch(dense, dense_body(registers)));
  EXPECT_EQ(found[0], 31);
  EXPECT_EQ(found[1], 31);
  EXPECT_EQ(found[2], 0);
  EXPECT_EQ(found[hll_register_count - 1], 31);
}

TEST(RedisHllTest, ReadsTheRunsOfASparseSketch) {
  // 1 empty, 2 of rank 1, 4 of rank 32, 64 empty, 1 of rank 17, the others empty.
  constexpr unsigned others = hll_register_count - 1 - 2 - 4 - 64 - 1;
  const Registers found =
      read(sketch(sparse, {0x00, 0x81, 0xff, 0x3f, 0xc0, 0x40 | ((others - 1) >> 8), (others - 1) & 255}));
  Registers expected{};
  expected[1] = expected[2] = 1;
  for (std::size_t index = 3; index < 7; ++index) expected[index] = 31;
  expected[71] = 17;
  EXPECT_EQ(found, expected);
}

TEST(RedisHllTest, ReadsAnEmptySketch) {
  EXPECT_EQ(read(sketch(sparse, {0x7f, 0xff})), Registers{});
  EXPECT_EQ(read(sketch(dense, Bytes(12288))), Registers{});
}

TEST(RedisHllTest, ReadsTheLongestSparseSketchThereIs) {
  Bytes body;
  for (std::size_t index = 0; index < hll_register_count; ++index) body.push_back(index % 2 == 0 ? 0x00 : 0x80);
  const Bytes bytes = sketch(sparse, body);
  ASSERT_EQ(bytes.size(), redis_hll_largest_encoding);
  const Registers found = read(bytes);
  EXPECT_EQ(found[0], 0);
  EXPECT_EQ(found[hll_register_count - 1], 1);
}

TEST(RedisHllTest, RefusesAHeaderThatIsNone) {
  Bytes bytes = sketch(sparse, {0x7f, 0xff});
  EXPECT_EQ(fault_of(bytes), "none");
  for (const std::size_t place : {0, 1, 2, 3}) {
    Bytes damaged = bytes;
    damaged[place] ^= 1;
    EXPECT_EQ(fault_of(damaged), "no sketch: the bytes do not begin with HYLL");
  }
  for (const std::size_t place : {5, 6, 7}) {
    Bytes damaged = bytes;
    damaged[place] = 1;
    EXPECT_THAT(fault_of(damaged), ::testing::HasSubstr("reserved bytes"));
  }
  bytes[4] = 2;
  EXPECT_EQ(fault_of(bytes), "a sketch that is neither dense nor sparse");
  EXPECT_EQ(fault_of({}), "shorter than the header of a sketch");
  EXPECT_EQ(fault_of({'H', 'Y', 'L', 'L'}), "shorter than the header of a sketch");
}

TEST(RedisHllTest, RefusesADenseSketchOfAnotherLength) {
  for (const std::size_t size : {0, 1, 12287, 12289}) {
    EXPECT_EQ(fault_of(sketch(dense, Bytes(size))), "a dense sketch of another length than 12304 bytes");
  }
  EXPECT_EQ(fault_of(sketch(dense, Bytes(hll_register_count + 1))), "longer than a sketch of Redis can be");
}

TEST(RedisHllTest, RefusesARankThatNoElementHas) {
  for (const std::size_t place : {std::size_t{0}, std::size_t{9}, hll_register_count - 1}) {
    std::vector<unsigned> registers(hll_register_count);
    registers[place] = 52;
    EXPECT_EQ(fault_of(sketch(dense, dense_body(registers))), "a register above 51, which no element gives");
  }
}

TEST(RedisHllTest, RefusesRunsThatAreNot16384Registers) {
  EXPECT_EQ(fault_of(sketch(sparse, {})), "a sparse sketch of less than 16384 registers");
  EXPECT_EQ(fault_of(sketch(sparse, {0x7f, 0xfe})), "a sparse sketch of less than 16384 registers");
  EXPECT_EQ(fault_of(sketch(sparse, {0x7f, 0xff, 0x00})), "a sparse sketch of more than 16384 registers");
  EXPECT_EQ(fault_of(sketch(sparse, {0x7f, 0xfe, 0x83})), "a sparse sketch of more than 16384 registers");
  EXPECT_EQ(fault_of(sketch(sparse, {0x7f})), "a sparse sketch that is cut off");
}

}  // namespace
}  // namespace internal_events::core
