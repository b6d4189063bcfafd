#include "core/sketches/hll_format.hpp"

#include <algorithm>
#include <bit>

namespace internal_events::core {
namespace {

enum class StoredForm : std::uint8_t { empty = 1, explicit_elements = 2, sparse = 3, full = 4 };

constexpr std::size_t header_size = 3;

// Version and layout, the parameters, and: sparse allowed, explicit limit chosen by itself.
void write_header(StoredForm layout, std::span<std::uint8_t> out) noexcept {
  out[0] = static_cast<std::uint8_t>(0x10U | static_cast<unsigned>(layout));
  out[1] = static_cast<std::uint8_t>(((hll_register_bits - 1) << 5U) | hll_log2m);
  out[2] = 0x7f;
}

// Writes values of a few bits each behind one another, most significant bit first.
class BitWriter {
 public:
  explicit BitWriter(std::span<std::uint8_t> out) : out_(out) {}

  void write(std::uint32_t value, unsigned bits) noexcept {
    pending_ = (pending_ << bits) | value;
    count_ += bits;
    while (count_ >= 8) {
      count_ -= 8;
      out_[position_++] = static_cast<std::uint8_t>(pending_ >> count_);
    }
  }

  // Fills the last byte with zeros; returns the bytes written.
  std::size_t finish() noexcept {
    if (count_ > 0) write(0, 8 - count_);
    return position_;
  }

 private:
  std::span<std::uint8_t> out_;
  std::size_t position_ = 0;
  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

}  // namespace

void hll_add(std::span<std::uint8_t, hll_register_count> registers, std::uint64_t hash) noexcept {
  const std::uint64_t rest = hash >> hll_log2m;
  if (rest == 0) return;
  const auto rank = std::min<int>(std::countr_zero(rest) + 1, hll_largest_register);
  std::uint8_t &kept = registers[hash & (hll_register_count - 1)];
  kept = std::max(kept, static_cast<std::uint8_t>(rank));
}

std::size_t hll_encode_explicit(std::span<std::uint64_t> hashes, std::span<std::uint8_t> out) noexcept {
  write_header(hashes.empty() ? StoredForm::empty : StoredForm::explicit_elements, out);
  // The format orders them as signed numbers.
  std::sort(hashes.begin(), hashes.end(), [](std::uint64_t a, std::uint64_t b) {
    return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
  });
  std::size_t position = header_size;
  for (const std::uint64_t hash : hashes) {
    for (int shift = 56; shift >= 0; shift -= 8) out[position++] = static_cast<std::uint8_t>(hash >> shift);
  }
  return position;
}

std::size_t hll_encode_registers(std::span<const std::uint8_t, hll_register_count> registers,
                                 std::span<std::uint8_t> out) noexcept {
  constexpr unsigned sparse_bits = hll_log2m + hll_register_bits;
  const auto filled = hll_register_count - static_cast<std::size_t>(std::count(registers.begin(), registers.end(), 0));
  const bool sparse = filled * sparse_bits < hll_register_count * hll_register_bits;
  write_header(sparse ? StoredForm::sparse : StoredForm::full, out);
  BitWriter writer(out.subspan(header_size));
  for (std::uint32_t index = 0; index < hll_register_count; ++index) {
    const std::uint32_t value = registers[index];
    if (!sparse) writer.write(value, hll_register_bits);
    if (sparse && value != 0) writer.write((index << hll_register_bits) | value, sparse_bits);
  }
  return header_size + writer.finish();
}

}  // namespace internal_events::core
