#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// A member of what an event file says, as JSON text.
std::string value_in(const std::string &line, const std::string &key) {
  const auto parsed = parse_event(event_yaml(line + "\n"));
  EXPECT_TRUE(parsed.definition) << testing::PrintToString(to_texts(parsed.problems));
  return parsed.definition ? nlohmann::json::parse(parsed.definition->json).value(key, nlohmann::json()).dump() : "";
}

std::vector<std::string> problems_of(const std::string &yaml) {
  return to_texts(parse_event(yaml).problems);
}

TEST(Yaml, PlainScalarsAreTextWhereTheSchemaAsksForText) {
  EXPECT_EQ(value_in("milestone: 16.10", "milestone"), R"("16.10")");
  EXPECT_EQ(value_in("milestone: 8.10", "milestone"), R"("8.10")");
  EXPECT_EQ(value_in("milestone: '<13.9'", "milestone"), R"("<13.9")");
  EXPECT_EQ(value_in("product_group: true", "product_group"), R"("true")");
  EXPECT_EQ(value_in("tiers: [1, free]", "tiers"), R"(["1","free"])");
  EXPECT_EQ(value_in("milestone: ~", "milestone"), "null");
  EXPECT_EQ(value_in("milestone:", "milestone"), "null");
}

TEST(Yaml, PlainScalarsFollowTheCoreSchemaElsewhere) {
  const std::string line =
      "extra_properties: {a: 12, b: -7, c: +3, d: 0x1F, e: 0o17, f: 1.50, g: 1e3, h: .5, i: True, j: 'true', k: ~, l: "
      "12:30, m: .inf, n: nan, o: 1e999, p: 18446744073709551615, q: 99999999999999999999, r: '12', s: -, t: --1, u: "
      "!!str 5}";
  EXPECT_EQ(
      value_in(line, "extra_properties"),
      R"({"a":12,"b":-7,"c":3,"d":31,"e":15,"f":1.5,"g":1000.0,"h":0.5,"i":true,"j":"true","k":null,"l":"12:30",)"
      R"("m":".inf","n":"nan","o":"1e999","p":18446744073709551615,"q":1e+20,"r":"12","s":"-","t":"--1","u":"5"})");
}

TEST(Yaml, SurfaceOfRealFilesIsRead) {
  const auto folded = parse_event(
      "\n# a comment\n---\naction:  issue_created\ndescription: Folded over\n  two lines, “curly”\n"
      "tiers: \n- free\n- 'premium'\nproduct_categories:\n  - \"a b\"\n\n\n");
  ASSERT_TRUE(folded.definition) << testing::PrintToString(to_texts(folded.problems));
  EXPECT_EQ(nlohmann::json::parse(folded.definition->json).at("description"), "Folded over two lines, “curly”");
}

TEST(Yaml, AByteOrderMarkAndAnEndMarkAreRead) {
  EXPECT_THAT(problems_of("\xEF\xBB\xBF" + event_yaml("...\n")), IsEmpty());
  EXPECT_THAT(problems_of("action: a\r\ndescription: b\r\n"), IsEmpty());
}

TEST(Yaml, AliasesAreWrittenOut) {
  EXPECT_EQ(value_in("tiers: &all [free, premium]\ndistributions: *all", "distributions"), R"(["free","premium"])");
}

TEST(Yaml, RefusesWhatIsNoMapping) {
  const std::string remedy = "; a definition is a mapping, such as key_path: counts.issues";
  EXPECT_THAT(problems_of(""), ElementsAre("error 0 : is empty" + remedy));
  EXPECT_THAT(problems_of("# nothing\n"), ElementsAre("error 0 : is empty" + remedy));
  EXPECT_THAT(problems_of("- a\n- b\n"), ElementsAre("error 0 : holds a list" + remedy));
  EXPECT_THAT(problems_of("text\n"), ElementsAre("error 0 : holds a single value" + remedy));
}

TEST(Yaml, RefusesASecondDocument) {
  EXPECT_THAT(problems_of("action: a\n---\naction: b\n"),
              ElementsAre(StartsWith("error 2 : a second document begins here")));
}

TEST(Yaml, SyntaxErrorsNameTheirLine) {
  EXPECT_THAT(problems_of("action: a\ndescription: \"open\n"), ElementsAre(StartsWith("error 3 : is not YAML: ")));
  EXPECT_THAT(problems_of("action: a\ntiers: [free\nstatus: active\n"),
              ElementsAre(StartsWith("error 3 : is not YAML: ")));
  EXPECT_THAT(problems_of("action: *nothing\n"), ElementsAre(StartsWith("error 1 : is not YAML: ")));
}

TEST(Yaml, AMissingQuoteIsNoticedAtTheEndOfTheFile) {
  for (const char *end : {"", "\n", "\n\n", "\n  ", " ", "\r\n"}) {
    for (const char *quote : {"'", "\""}) {
      EXPECT_THAT(problems_of(std::string("action: a\ndescription: ") + quote + "open" + end),
                  ElementsAre(testing::HasSubstr("is not YAML: ")))
          << quote << testing::PrintToString(end);
    }
  }
}

TEST(Yaml, BlockTextsKeepTheirEnds) {
  EXPECT_EQ(value_in("product_group: |\n  a\n  b", "product_group"), R"("a\nb\n")");
  EXPECT_EQ(value_in("product_group: |+\n  a\n\n", "product_group"), R"("a\n\n\n")");
  EXPECT_EQ(value_in("product_group: >-\n  a\n  b\n", "product_group"), R"("a b")");
}

TEST(Yaml, DuplicateKeysAreReportedBesideOtherProblems) {
  EXPECT_THAT(
      problems_of("action: a\ndescription: b\naction: c\nadditional_properties:\n  label: {description: x, "
                  "description: y}\nstatus: gone\n"),
      ElementsAre("error 3 action: is here a second time, after line 1; keep one",
                  "error 5 additional_properties.label.description: is here a second time, after line 5; keep one",
                  StartsWith("error 6 status: the text \"gone\" is not allowed")));
}

TEST(Yaml, KeysAreNames) {
  EXPECT_THAT(problems_of("? [a, b]\n: c\n"), ElementsAre("error 1 : a key is a list or a mapping; a key is a name"));
  EXPECT_THAT(problems_of("~: c\n"), ElementsAre("error 1 : a key is empty; a key is a name"));
  EXPECT_THAT(problems_of("a: &x b\n*x : c\n"), ElementsAre("error 2 : a key is an alias; write the name out"));
}

TEST(Yaml, TagsOfProgramsAreRefused) {
  EXPECT_THAT(problems_of("action: !ruby/object:X a\n"),
              ElementsAre(StartsWith("error 1 : the tag \"!ruby/object:X\" is not")));
  EXPECT_THAT(problems_of("tiers: !set [a]\n"), ElementsAre(StartsWith("error 1 : the tag \"!set\" is not supported")));
}

TEST(Yaml, OnlyUtf8TextIsRead) {
  const std::string refusal = "holds a byte that is not UTF-8 text, or a control character";
  for (const std::string &bad :
       {std::string("\xff"), std::string("\xc0\xaf"), std::string("\xed\xa0\x80"), std::string("\xe2\x82"),
        std::string("\xf4\x90\x80\x80"), std::string("\x04"), std::string("\0", 1), std::string("\x7f")}) {
    EXPECT_THAT(problems_of("action: a\ndescription: " + bad + "\n"), ElementsAre("error 2 : " + refusal));
  }
  EXPECT_THAT(problems_of("action: a\ndescription: \"x\\0y\"\n"),
              ElementsAre("error 2 : an escape stands for a character that definitions may not hold"));
}

TEST(YamlLimits, Size) {
  EXPECT_THAT(problems_of(event_yaml("# " + std::string(1 << 20, 'x'))),
              ElementsAre(testing::HasSubstr("at most 1048576 are allowed")));
}

TEST(YamlLimits, Depth) {
  const std::string deep = "extra_properties: {a: " + std::string(60, '[') + std::string(60, ']') + "}\n";
  EXPECT_THAT(problems_of(event_yaml(deep)),
              ElementsAre("error 3 : lists and mappings are nested more than 40 levels deep"));
  EXPECT_THAT(problems_of(std::string(500'000, '[')), testing::SizeIs(1));
  EXPECT_THAT(problems_of("a: " + std::string(500'000, '{')), testing::SizeIs(1));
}

TEST(YamlLimits, DepthThroughAliases) {
  std::string yaml = "extra_properties:\n  a0: &a0 [x]\n";
  for (int i = 1; i < 60; ++i) {
    yaml += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_THAT(problems_of(event_yaml(yaml)), ElementsAre(testing::HasSubstr("nested more than 40 levels deep")));
}

TEST(YamlLimits, BillionLaughs) {
  std::string yaml = "extra_properties:\n  a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n";
  for (int i = 1; i < 10; ++i) {
    yaml += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) yaml += (j == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    yaml += "]\n";
  }
  EXPECT_THAT(problems_of(event_yaml(yaml)), ElementsAre(testing::HasSubstr("more than 50000 values or 4 MiB")));
}

TEST(YamlLimits, LongTextManyTimes) {
  std::string yaml = "description: &long " + std::string(900'000, 'x') + "\ntiers:\n";
  for (int i = 0; i < 1000; ++i) yaml += "- *long\n";
  EXPECT_THAT(problems_of(yaml), ElementsAre(testing::HasSubstr("more than 50000 values or 4 MiB")));
}

TEST(YamlLimits, AliasInsideItself) {
  EXPECT_THAT(problems_of("a: &x [*x]\n"), ElementsAre("error 1 : an alias stands inside of what it stands for"));
}

}  // namespace
}  // namespace internal_events::core
