#include "core/sketches/hash.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <string>

namespace internal_events::core {
namespace {

// MurmurHash64A as its author published it, written down anew: the library's must agree with it.
std::uint64_t reference_hash(const std::string &element) {
  const std::uint64_t m = 0xc6a4a7935bd1e995;
  std::uint64_t h = 0xadc83b19 ^ (element.size() * m);
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(element[i])); };
  std::size_t at = 0;
  for (; at + 8 <= element.size(); at += 8) {
    std::uint64_t k = 0;
    for (std::size_t i = 0; i < 8; ++i) k |= byte(at + i) << (8 * i);
    k *= m;
    k ^= k >> 47;
    k *= m;
    h ^= k;
    h *= m;
  }
  if (at < element.size()) {
    for (std::size_t i = 0; at + i < element.size(); ++i) h ^= byte(at + i) << (8 * i);
    h *= m;
  }
  h ^= h >> 47;
  h *= m;
  return h ^ (h >> 47);
}

TEST(Hash, AgreesWithTheReferenceForEveryTailLength) {
  const std::string bytes = "\xff\x01\x80zyxwvutsrqponmlk";
  for (std::size_t length = 0; length <= 16; ++length) {
    const std::string element = bytes.substr(0, length);
    EXPECT_EQ(redis_hash(element), reference_hash(element)) << length;
  }
}

TEST(Hash, IsTheSameWhereverTheElementBegins) {
  const std::string element = "an element of 24 bytes..";
  const std::uint64_t expected = redis_hash(element);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const std::string shifted = std::string(offset, 'x') + element;
    EXPECT_EQ(redis_hash(std::string_view(shifted).substr(offset)), expected) << offset;
  }
}

TEST(Hash, OfAnIdIsThatOfItsDecimalText) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t id : {std::int64_t{0}, std::int64_t{7}, std::int64_t{-1}, std::int64_t{1234567890123},
                                Limits::max(), Limits::min()}) {
    EXPECT_EQ(redis_hash(id), redis_hash(std::string_view(std::to_string(id)))) << id;
  }
}

TEST(Hash, TellsElementsApart) {
  std::set<std::uint64_t> hashes;
  for (std::int64_t id = 0; id < 10'000; ++id) hashes.insert(redis_hash(id));
  EXPECT_EQ(hashes.size(), 10'000U);
}

TEST(Hash, KeepsItsValues) {
  EXPECT_EQ(redis_hash(std::string_view()), 0xd8dfea6585bc9732U);
}

}  // namespace
}  // namespace internal_events::core
