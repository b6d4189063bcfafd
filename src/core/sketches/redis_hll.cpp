#include "core/sketches/redis_hll.hpp"

#include <algorithm>
#include <array>

namespace internal_events::core {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Registers = std::span<std::uint8_t, hll_register_count>;
using Fault = std::optional<std::string_view>;

enum class Encoding : std::uint8_t { dense = 0, sparse = 1 };

constexpr std::array<std::uint8_t, 4> magic = {'H', 'Y', 'L', 'L'};
constexpr std::size_t encoding_place = 4;
constexpr std::size_t reserved_size = 3;

constexpr unsigned register_bits = 6;
constexpr std::size_t dense_size = hll_register_count * register_bits / 8;
// The rank of a hash whose 50 bits beside the register's number are all zero.
constexpr unsigned largest_rank = 64 - hll_log2m + 1;

std::uint8_t saturated(unsigned rank) noexcept {
  return static_cast<std::uint8_t>(std::min<unsigned>(rank, hll_largest_register));
}

// Reads registers of six bits each, least significant bit first.
Fault read_dense(Bytes body, Registers registers) noexcept {
  if (body.size() != dense_size) return "a dense sketch of another length than 12304 bytes";
  for (std::size_t index = 0; index < registers.size(); ++index) {
    const std::size_t bit = index * register_bits;
    const std::size_t place = bit / 8;
    const unsigned following = place + 1 < body.size() ? body[place + 1] : 0;
    const unsigned rank = ((body[place] | (following << 8U)) >> (bit % 8)) & ((1U << register_bits) - 1);
    if (rank > largest_rank) return "a register above 51, which no element gives";
    registers[index] = saturated(rank);
  }
  return std::nullopt;
}

// Some registers behind one another that hold the same.
struct Run {
  std::size_t length;
  unsigned rank;
  std::size_t bytes;  // that say so
};

// Reads 00nnnnnn and 01nnnnnn nnnnnnnn, n + 1 empty registers, and 1vvvvvnn, n + 1 registers of rank v + 1.
Run read_run(Bytes rest) noexcept {
  const unsigned first = rest[0];
  if ((first & 0x80U) != 0) return {.length = (first & 3U) + 1, .rank = ((first >> 2U) & 31U) + 1, .bytes = 1};
  const std::size_t length = first & 63U;
  if ((first & 0x40U) == 0) return {.length = length + 1, .rank = 0, .bytes = 1};
  return {.length = ((length << 8U) | (rest.size() > 1 ? rest[1] : 0U)) + 1, .rank = 0, .bytes = 2};
}

Fault read_sparse(Bytes body, Registers registers) noexcept {
  std::size_t filled = 0;
  while (!body.empty()) {
    const Run run = read_run(body);
    if (run.bytes > body.size()) return "a sparse sketch that is cut off";
    if (run.length > registers.size() - filled) return "a sparse sketch of more than 16384 registers";
    std::fill_n(registers.begin() + static_cast<std::ptrdiff_t>(filled), run.length, saturated(run.rank));
    filled += run.length;
    body = body.subspan(run.bytes);
  }
  if (filled < registers.size()) return "a sparse sketch of less than 16384 registers";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> read_redis_hll(Bytes bytes, Registers registers) noexcept {
  if (bytes.size() > redis_hll_largest_encoding) return "longer than a sketch of Redis can be";
  if (bytes.size() < redis_hll_header_size) return "shorter than the header of a sketch";
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) return "no sketch: the bytes do not begin with HYLL";
  const Bytes reserved = bytes.subspan(encoding_place + 1, reserved_size);
  if (std::any_of(reserved.begin(), reserved.end(), [](std::uint8_t byte) { return byte != 0; })) {
    return "a header that is damaged, or of a later version of Redis: its reserved bytes are not zero";
  }
  // The rest of the header is the count that PFCOUNT found last.
  const Bytes body = bytes.subspan(redis_hll_header_size);
  switch (static_cast<Encoding>(bytes[encoding_place])) {
    case Encoding::dense:
      return read_dense(body, registers);
    case Encoding::sparse:
      return read_sparse(body, registers);
  }
  return "a sketch that is neither dense nor sparse";
}

}  // namespace internal_events::core
