#include "core/uuid.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace internal_events::core {
namespace {

constexpr std::int64_t moment = 1'645'557'742'000'000;  // the time of the example in RFC 9562, appendix A.6

TEST(UuidTest, CarriesTheTimeOfTheRfcExample) {
  const Uuid uuid = uuid_v7(moment, {});
  const std::array<std::uint8_t, 6> time = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0};
  EXPECT_TRUE(std::equal(time.begin(), time.end(), uuid.begin()));
}

TEST(UuidTest, HasVersionSevenAndTheRfcVariantWhateverTheRandomness) {
  for (const int byte : {0x00, 0x5a, 0xff}) {
    std::array<std::uint8_t, 10> random{};
    random.fill(static_cast<std::uint8_t>(byte));
    const Uuid uuid = uuid_v7(moment + 999'999, random);
    EXPECT_EQ(uuid[6] >> 4, 7);
    EXPECT_EQ(uuid[8] >> 6, 2);
  }
}

TEST(UuidTest, SortsByMicroseconds) {
  for (std::int64_t later = moment + 1; later < moment + 3'000; ++later) {
    EXPECT_LT(uuid_v7(later - 1, {}), uuid_v7(later, {}));
  }
}

TEST(UuidTest, KeepsTheRandomBytes) {
  const std::array<std::uint8_t, 10> random = {0x3f, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Uuid uuid = uuid_v7(moment, random);
  EXPECT_EQ(uuid[8], 0xbf);
  for (std::size_t i = 1; i < 8; ++i) EXPECT_EQ(uuid[8 + i], random[i]);
}

}  // namespace
}  // namespace internal_events::core
