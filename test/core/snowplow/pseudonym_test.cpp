#include "core/snowplow/pseudonym.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace internal_events::core {
namespace {

using namespace std::string_literals;

// The expected texts were made by Python's hmac and base64; the first one by `openssl dgst -sha256 -hmac` as well.
TEST(Pseudonym, IsTheKeyedHashOfTheDecimalId) {
  EXPECT_EQ(pseudonym_of(42, "secret"), "k8Eh56pDeh4B48USxvDOPIIag5Al3KRAj4VhbeSq7nA=");
  EXPECT_EQ(pseudonym_of(0, "secret"), "F3n9MzfdNT5CTYCNkZCv+PCeRqjLvmRpB5stfw4kbjc=");
  EXPECT_EQ(pseudonym_of(-7, std::string(100, 'k')), "CutjYrYydmgAWzFGRpVjGcOJL62qqvUbJZLEjjLqBV4=");
  EXPECT_EQ(pseudonym_of(9007199254740993, "Schlüssel"), "JTH1xa+cqeptKBMPSFlSlWexWVnkV98skCPepooVtJ8=");
}

TEST(Pseudonym, TakesAnyBytesAsKey) {
  EXPECT_EQ(pseudonym_of(std::numeric_limits<std::int64_t>::max(), "key with \0 zero"s),
            "qHaY/2YyuDl/h/prWnFzi4F/9HKFwAhliM4w5LgR2pA=");
  EXPECT_EQ(pseudonym_of(1, std::string_view()), "QeCpRI+R7bpLBcbC/A7bHWQYqikrWylCY3vsQ6KblSM=");
}

// The examples of RFC 4648, section 10.
TEST(Base64, IsReadWithAndWithoutPadding) {
  EXPECT_EQ(base64_decoded(""), "");
  EXPECT_EQ(base64_decoded("Zg=="), "f");
  EXPECT_EQ(base64_decoded("Zg"), "f");
  EXPECT_EQ(base64_decoded("Zm8="), "fo");
  EXPECT_EQ(base64_decoded("Zm8"), "fo");
  EXPECT_EQ(base64_decoded("Zm9v"), "foo");
  EXPECT_EQ(base64_decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(base64_decoded("Zm9vYmE"), "fooba");
  EXPECT_EQ(base64_decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, IsReadInBothAlphabets) {
  EXPECT_EQ(base64_decoded("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(base64_decoded("-_-_"), "\xfb\xff\xbf");
  EXPECT_EQ(base64_decoded("-_+/AAD_"), "\xfb\xff\xbf\0\0\xff"s);
}

TEST(Base64, ThatIsNoneIsRefused) {
  for (const char *garbage :
       {"Z", "Zm9vZ", "Zm9v!", "Zm 9v", "Zm9v\n", " Zm9v", "Zm=9", "Zg==Zg==", "Zm9ö", ".", "=A"}) {
    EXPECT_EQ(base64_decoded(garbage), std::nullopt) << garbage;
  }
  EXPECT_EQ(base64_decoded("Zm9\0"s), std::nullopt);
}

TEST(Base64, MayBeLong) {
  std::string text;
  std::string decoded;
  for (int i = 0; i < 300'000; ++i) {
    text += "Zm9v";
    decoded += "foo";
  }
  EXPECT_EQ(base64_decoded(text + "Zg"), decoded + "f");
}

}  // namespace
}  // namespace internal_events::core
