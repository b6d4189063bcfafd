#include "core/printable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace internal_events::core {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("label = \"größer\\gleich\" 測試 🎉"), "label = \"größer\\gleich\" 測試 🎉");
}

TEST(Printable, WritesOutWhatATerminalWouldObey) {
  EXPECT_EQ(printable("\x1b[2J\x1b]0;owned\a"), "\\x1b[2J\\x1b]0;owned\\x07");
  EXPECT_EQ(printable("a\nb\r\tc\x7f"), "a\\nb\\r\\tc\\x7f");
  EXPECT_EQ(printable(std::string("nul\0", 4)), "nul\\x00");
  EXPECT_EQ(printable("\u009b31m"), "\\u009b31m") << "the control sequence introducer in one character";
}

TEST(Printable, WritesOutWhatHidesOrReordersText) {
  EXPECT_EQ(printable("\u202egnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(printable("pay\u200bpal\ufeff"), "pay\\u200bpal\\ufeff");
  EXPECT_EQ(printable("\U000E0041"), "\\U000e0041");
}

TEST(Printable, WritesOutBytesThatAreNoCharacters) {
  EXPECT_EQ(printable("caf\xe9!"), "caf\\xe9!");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "an overlong slash";
  EXPECT_EQ(printable("\xed\xa0\x80\x9b"), "\\xed\\xa0\\x80\\x9b") << "half a surrogate pair";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "a character that ends too soon";
}

TEST(Printable, WritesOutWhatIsNotAsciiWhereTheTerminalTakesNothingElse) {
  EXPECT_EQ(printable("größer 🎉", Charset::ascii), "gr\\u00f6\\u00dfer \\U0001f389");
}

}  // namespace
}  // namespace internal_events::core
