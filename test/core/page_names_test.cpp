#include "core/page_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace internal_events::core {
namespace {

using testing::MatchesRegex;

std::string page_of(const std::string &name) {
  return PageNames().take(name);
}

TEST(PageNames, KeepKeyPathsAndEventNames) {
  EXPECT_EQ(page_of("counts.issues_created_weekly"), "counts.issues_created_weekly.html");
  EXPECT_EQ(page_of("7d"), "7d.html");
}

TEST(PageNames, HoldNothingThatAFileSystemOrAnAddressReads) {
  for (const std::string &name : {std::string("../../etc/passwd"), std::string("a/b"), std::string("users:login"),
                                  std::string("a b?c#d%2f"), std::string("<b>\"'&"), std::string("a\0b", 3),
                                  std::string("\xc3\xa4\n"), std::string("..."), std::string(), std::string("-x")}) {
    EXPECT_THAT(page_of(name), MatchesRegex("[a-z0-9_.-]*-[0-9a-f]+[.]html"));
    EXPECT_NE(page_of(name).front(), '.');
  }
}

TEST(PageNames, DifferWhereOnlyCaseOrAnUnsafeCharacterDoes) {
  PageNames pages;
  std::set<std::string> taken;
  for (const char *name : {"login", "Login", "LOGIN", "user:login", "user-login", "user/login"}) {
    EXPECT_TRUE(taken.insert(pages.take(name)).second) << name;
  }
}

TEST(PageNames, DifferForTheSameName) {
  PageNames pages;
  EXPECT_EQ(pages.take("counts.x"), "counts.x.html");
  EXPECT_EQ(pages.take("counts.x"), "counts.x-2.html");
  EXPECT_EQ(pages.take("counts.x"), "counts.x-3.html");
}

TEST(PageNames, AreTheSameWhateverElseThereIs) {
  PageNames pages;
  pages.take("login");
  EXPECT_EQ(pages.take("Login"), page_of("Login"));
}

TEST(PageNames, HaveALengthThatFileSystemsAllow) {
  const std::string long_name(1000, 'a');
  EXPECT_LT(page_of(long_name).size(), 160U);
  EXPECT_NE(page_of(long_name + 'b'), page_of(long_name + 'c'));
}

TEST(PageNames, AreNoDevicesOfWindows) {
  for (const char *name : {"con", "aux.users", "COM1", "lpt9.x"}) {
    EXPECT_THAT(page_of(name), MatchesRegex("page-.*")) << name;
  }
  EXPECT_EQ(page_of("console"), "console.html");
}

}  // namespace
}  // namespace internal_events::core
