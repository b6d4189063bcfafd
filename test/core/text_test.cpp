#include "core/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace internal_events::core {
namespace {

// The suggestion for a word among some known ones.
std::string suggestion(const std::string &wanted, const std::vector<std::string> &known) {
  NearestWord nearest(wanted);
  for (const std::string &word : known) nearest.consider(word);
  return nearest.suggestion();
}

TEST(NearestWord, IsTheClosestOfThoseThatAreClose) {
  EXPECT_EQ(suggestion("discription", {"distribution", "description"}), "; did you mean \"description\"?");
  EXPECT_EQ(suggestion("statsu", {"status", "stage"}), "; did you mean \"status\"?");
  EXPECT_EQ(suggestion("xname", {"name"}), "; did you mean \"name\"?");
}

TEST(NearestWord, IsNoneWhereNothingIsClose) {
  EXPECT_EQ(suggestion("description", {"milestone", "tiers"}), "");
  EXPECT_EQ(suggestion("ab", {"cd"}), "");
  EXPECT_EQ(suggestion("", {"a", ""}), "");
  EXPECT_EQ(suggestion("anything", {}), "");
}

TEST(Quotes, KeepAMessageOnOneLineAndShort) {
  EXPECT_EQ(in_quotes("a\nb\tc"), "\"a b c\"");
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "\u00e9";
  EXPECT_EQ(in_quotes(accents), "\"" + accents.substr(0, 120) + "...\"");
}

TEST(FirstCharacters, NeverCutThroughOne) {
  EXPECT_EQ(first_characters("a\u00e9\u20ac!", 2), "a\u00e9");
  EXPECT_EQ(first_characters("a\u00e9\u20ac!", 3), "a\u00e9\u20ac");
  EXPECT_EQ(first_characters("ab", 5), "ab");
  EXPECT_EQ(first_characters("ab", 0), "");
}

TEST(UnreadableByte, IsFoundWhereItStands) {
  EXPECT_EQ(first_unreadable_byte("plain\ttext\r\n\u00e9\u20ac\U0001F600"), std::nullopt);
  EXPECT_EQ(first_unreadable_byte("ab\x01"), 2U);
  EXPECT_EQ(first_unreadable_byte("\u00e9\xc3"), 2U);
  EXPECT_EQ(first_unreadable_byte("\xe0\x80\x80"), 0U);
  EXPECT_EQ(first_unreadable_byte("a\xf0\x80\x80\x80"), 1U);
  EXPECT_EQ(first_unreadable_byte("a\x80"), 1U);
}

TEST(Storable, KeepsWhatADatabaseCanHold) {
  EXPECT_EQ(storable("a\n\x01\u00e9\u20ac\U0001F600", true), "a\n\x01\u00e9\u20ac\U0001F600");
  EXPECT_EQ(storable(std::string("a\0\u00e9", 4), true), "a?\u00e9");
  EXPECT_EQ(storable("\u00e9\xff", true), "???");
  EXPECT_EQ(storable("a\u00e9", false), "a??");
}

}  // namespace
}  // namespace internal_events::core
