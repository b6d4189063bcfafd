#include "core/payload.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace internal_events::core {
namespace {

// What nesting values is refused with.
std::string refusal(const std::vector<PayloadValue> &values) {
  try {
    return "none, but " + nest(values);
  } catch (const std::invalid_argument &error) {
    return error.what();
  }
}

TEST(Payload, NestsByKeyPathAndSortsByKey) {
  EXPECT_EQ(nest({{"uuid", "\"x\""}, {"counts.b", "2"}, {"counts.a.deep", "1"}, {"active", "true"}, {"counts.B", "0"}}),
            R"({
  "active": true,
  "counts": {
    "B": 0,
    "a": {
      "deep": 1
    },
    "b": 2
  },
  "uuid": "x"
})");
}

TEST(Payload, ClosesSeveralObjectsAtOnce) {
  EXPECT_EQ(nest({{"a.b.c", "1"}, {"a_b", "2"}, {"b.c.d", "3"}}),
            "{\n  \"a\": {\n    \"b\": {\n      \"c\": 1\n    }\n  },\n  \"a_b\": 2,\n  \"b\": {\n    \"c\": {\n"
            "      \"d\": 3\n    }\n  }\n}");
}

TEST(Payload, TakesValuesVerbatim) {
  EXPECT_EQ(nest({{"a", "7301234567890123456"}, {"b", "1.10"}, {"c", R"({"x":  [1, 2]})"}}),
            "{\n  \"a\": 7301234567890123456,\n  \"b\": 1.10,\n  \"c\": {\"x\":  [1, 2]}\n}");
}

TEST(Payload, EscapesKeys) {
  EXPECT_EQ(nest({{"a\"b\n", "1"}}), "{\n  \"a\\\"b\\n\": 1\n}");
  EXPECT_EQ(nest({{"\xff", "1"}}), "{\n  \"\uFFFD\": 1\n}");
}

TEST(Payload, OfNothingIsAnEmptyObject) {
  EXPECT_EQ(nest({}), "{}");
}

TEST(Payload, RefusesTwoValuesInOnePlace) {
  EXPECT_EQ(refusal({{"counts.a", "1"}, {"z", "0"}, {"counts.a", "2"}}),
            "two values have the key path \"counts.a\": \"1\" and \"2\"");
}

TEST(Payload, RefusesAValueThatWouldBeAnObject) {
  const std::string message = "\"a\" would have to be a value and an object at once, because \"a.b.c\" lies below it";
  EXPECT_EQ(refusal({{"a", "1"}, {"a-b", "2"}, {"a.b.c", "3"}}), message);
  EXPECT_EQ(refusal({{"a.b.c", "3"}, {"a-b", "2"}, {"a", "1"}}), message);
}

TEST(Payload, HasNoLimitOfDepth) {
  std::string key_path = "a";
  for (int i = 0; i < 5000; ++i) key_path += ".a";
  EXPECT_TRUE(nest({{key_path, "1"}}).ends_with("  }\n}"));
}

}  // namespace
}  // namespace internal_events::core
