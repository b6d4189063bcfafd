#include "core/sketches/hash.hpp"

#include <bit>
#include <charconv>
#include <cstring>

namespace internal_events::core {
namespace {

constexpr std::uint64_t multiplier = 0xc6a4a7935bd1e995;
constexpr std::uint64_t redis_seed = 0xadc83b19;
constexpr int shift = 47;

// Reads up to eight bytes as one little-endian number, whatever their alignment and the machine's byte order.
std::uint64_t read_little_endian(const char *bytes, std::size_t count) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  // Redis reads in little-endian order on every machine, so that dumps can move between them.
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

}  // namespace

std::uint64_t redis_hash(std::string_view element) noexcept {
  std::uint64_t hash = redis_seed ^ (element.size() * multiplier);
  const std::size_t tail = element.size() % 8;
  const char *bytes = element.data();
  for (const char *end = bytes + (element.size() - tail); bytes != end; bytes += 8) {
    std::uint64_t word = read_little_endian(bytes, 8) * multiplier;
    word = (word ^ (word >> shift)) * multiplier;
    hash = (hash ^ word) * multiplier;
  }
  if (tail > 0) hash = (hash ^ read_little_endian(bytes, tail)) * multiplier;
  hash = (hash ^ (hash >> shift)) * multiplier;
  return hash ^ (hash >> shift);
}

std::uint64_t redis_hash(std::int64_t id) noexcept {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, id).ptr;
  return redis_hash(std::string_view(digits, end));
}

}  // namespace internal_events::core
