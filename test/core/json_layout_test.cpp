#include "core/json_layout.hpp"

#include <gtest/gtest.h>

namespace internal_events::core {
namespace {

TEST(IndentedJson, GivesEachKeyAndElementALine) {
  EXPECT_EQ(indented_json(R"({"a": {"b":1,"c" : [true, null]}, "d": "x"})"),
            "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": [\n      true,\n      null\n    ]\n  },\n  \"d\": \"x\"\n}");
}

TEST(IndentedJson, KeepsNumbersAndTheOrderOfKeys) {
  EXPECT_EQ(indented_json(R"({"z":1.500,"a":123456789012345678901234567890})"),
            "{\n  \"z\": 1.500,\n  \"a\": 123456789012345678901234567890\n}");
}

TEST(IndentedJson, KeepsWhatIsInAString) {
  EXPECT_EQ(indented_json(R"(["{ , : ]","\"\\","ß"])"), "[\n  \"{ , : ]\",\n  \"\\\"\\\\\",\n  \"ß\"\n]");
}

TEST(IndentedJson, KeepsWhatIsEmptyTogether) {
  EXPECT_EQ(indented_json("{}"), "{}");
  EXPECT_EQ(indented_json(R"({"a":{ },"b":[ ]})"), "{\n  \"a\": {},\n  \"b\": []\n}");
  EXPECT_EQ(indented_json(R"({"a":[[]]})"), "{\n  \"a\": [\n    []\n  ]\n}");
}

TEST(IndentedJson, TakesWhatIsNoObject) {
  EXPECT_EQ(indented_json(""), "");
  EXPECT_EQ(indented_json("42"), "42");
}

TEST(IndentedJson, EndsWhereAStringDoesNot) {
  EXPECT_EQ(indented_json(R"(["a)"), "[\n  \"a");
  EXPECT_EQ(indented_json("[\"\\"), "[\n  \"\\");
  EXPECT_EQ(indented_json("]"), "\n]");
}

}  // namespace
}  // namespace internal_events::core
