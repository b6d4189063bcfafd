#include "core/uuid.hpp"

namespace internal_events::core {

Uuid uuid_v7(std::int64_t unix_microseconds, const std::array<std::uint8_t, 10> &random) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(unix_microseconds / 1000);
  const auto fraction = static_cast<std::uint32_t>((unix_microseconds % 1000) * 4096 / 1000);
  Uuid uuid{};
  for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  uuid[6] = static_cast<std::uint8_t>(0x70U | (fraction >> 8U));
  uuid[7] = static_cast<std::uint8_t>(fraction);
  uuid[8] = static_cast<std::uint8_t>(0x80U | (random[0] & 0x3FU));
  for (std::size_t i = 9; i < 16; ++i) uuid[i] = random[i - 8];
  return uuid;
}

}  // namespace internal_events::core
