#include "core/snowplow/snowplow_parameters.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using Words = std::vector<const char *>;

// A parameter's fault, or "" for none.
std::string shown_fault(const std::string &key, const std::string &value) {
  return parameter_fault(key, value).value_or("");
}

// Expects of each key that it takes some values and refuses others, saying what it wants.
void expect_format(const Words &keys, const std::string &wanted, const Words &good, const Words &bad) {
  for (const std::string key : keys) {
    for (const char *value : good) EXPECT_EQ(shown_fault(key, value), "") << key;
    for (const char *value : bad) EXPECT_EQ(shown_fault(key, value), key + ": \"" + value + "\" is not " + wanted);
  }
}

// A value that any format takes, for keys whose format is not looked at.
std::string fitting_value(const std::string &key) {
  const std::set<std::string> texts{"eid", "sid"};
  if (texts.contains(key)) return "c6ef3124-b53a-4b13-a233-0088f79dcbcb";
  if (key == "e") return "se";
  if (key == "p") return "srv";
  return key == "res" || key == "vp" || key == "ds" ? "1x1" : "1";
}

TEST(SnowplowParameters, AreThoseOfPayloadData) {
  const auto file =
      std::filesystem::path(SOURCE_DIR) / "definitions/iglu/com.snowplowanalytics.snowplow/payload_data.json";
  const auto schema = nlohmann::json::parse(file_text(file));
  const auto &keys = schema.at("items").at("properties");
  EXPECT_EQ(keys.size(), 80U);
  for (const auto &[key, definition] : keys.items()) EXPECT_EQ(shown_fault(key, fitting_value(key)), "");
}

TEST(SnowplowParameters, HaveNoOtherKeys) {
  for (const std::string key : {"cv", "", "a", "zz", "EID", "se_va ", "eid\n", "xyz", "c", "coo", "u", "nuidx"}) {
    EXPECT_EQ(shown_fault(key, "1"), key + ": payload_data 1-0-4 has no such key");
  }
}

TEST(SnowplowParameters, AreLimitedInLength) {
  const std::vector<std::pair<std::size_t, Words>> limits{
      {3, {"tr_cu", "ti_cu"}},
      {12, {"cd"}},
      {100, {"tv"}},
      {128, {"tna", "duid", "fp", "nuid", "tnuid", "ip", "cs"}},
      {255,
       {"aid", "uid", "tz", "lang", "tr_id", "tr_af", "tr_ci", "tr_st", "tr_co", "ti_id", "ti_sk", "ti_nm", "ti_na",
        "ti_ca"}},
      {1000, {"ua", "se_ca", "se_ac", "se_pr"}},
      {2000, {"page"}},
      {4096, {"se_la"}},
  };
  for (const auto &[most, keys] : limits) {
    for (const std::string key : keys) {
      EXPECT_EQ(shown_fault(key, std::string(most, 'x')), "");
      EXPECT_EQ(shown_fault(key, std::string(most + 1, 'x')),
                key + ": longer than " + std::to_string(most) + " characters");
    }
  }
}

TEST(SnowplowParameters, ThatAreAddressesMayBeLists) {
  EXPECT_EQ(shown_fault("ip", "10.0.0.1, " + std::string(200, '1')), "");
  EXPECT_EQ(shown_fault("ip", std::string(129, '1') + ", 10.0.0.1"), "ip: longer than 128 characters");
}

TEST(SnowplowParameters, WithUrlsAreLimitedAsAWhole) {
  const std::string parts = "/" + std::string(2999, 'x') + "?" + std::string(5000, 'x') + "#";
  for (const std::string key : {"url", "refr"}) {
    EXPECT_EQ(shown_fault(key, parts + std::string(10000 - parts.size(), 'x')), "");
    EXPECT_EQ(shown_fault(key, parts + std::string(10001 - parts.size(), 'x')), key + ": longer than 10000 characters");
  }
}

TEST(SnowplowParameters, AreMeasuredInUtf16Units) {
  std::string two_bytes;
  std::string three_bytes;
  std::string surrogate_pairs;
  for (int i = 0; i < 64; ++i) {
    two_bytes += "ää";
    three_bytes += "€€";
    surrogate_pairs += "😀";
  }
  for (const std::string &text : {two_bytes, three_bytes, surrogate_pairs}) {
    EXPECT_EQ(shown_fault("tna", text), "");
    EXPECT_EQ(shown_fault("tna", text + "."), "tna: longer than 128 characters");
  }
}

TEST(SnowplowParameters, WithoutAColumnHaveNoLimitOfTheirOwn) {
  for (const char *key : {"co", "cx", "ue_pr", "ue_px", "ue_na", "mac", "ctype", "sa", "sn", "st", "sp", "ad_ba",
                          "ad_ca", "ad_ad", "ad_uid"})
    EXPECT_EQ(shown_fault(key, std::string(500'000, 'x')), "");
}

TEST(SnowplowParameters, AreUuids) {
  const std::string wanted = "a UUID";
  expect_format({"eid", "sid"}, wanted,
                {"c6ef3124-b53a-4b13-a233-0088f79dcbcb", "C6EF3124-B53A-4B13-A233-0088F79DCBCB",
                 "00000000-0000-0000-0000-000000000000", "019aa3f0-1c2d-7abc-8def-0123456789ab"},
                {"", "1", "c6ef3124b53a4b13a2330088f79dcbcb", "{c6ef3124-b53a-4b13-a233-0088f79dcbcb}",
                 "c6ef3124-b53a-4b13-a233-0088f79dcbc", "c6ef3124-b53a-4b13-a233-0088f79dcbcbb",
                 "c6ef3124-b53a-4b13-a233-0088f79dcbcg", "c6ef31-24b53a-4b13-a233-0088f79dcbcb",
                 "c6ef3124-b53a-4b13-a2330-088f79dcbcb"});
}

TEST(SnowplowParameters, NameEventsAndPlatforms) {
  expect_format({"e"}, "one of se, ue, pv, pp, tr, ti", {"se", "ev", "ue", "pv", "pp", "tr", "ti"},
                {"", "ad", "SE", "se ", "s", "struct"});
  expect_format({"p"}, "a platform of Snowplow's, such as web or srv",
                {"web", "mob", "pc", "srv", "app", "tv", "cnsl", "iot", "headset"},
                {"", "Web", "server", "srv,", "ios"});
}

TEST(SnowplowParameters, AreTimes) {
  expect_format({"dtm", "stm", "ttm"}, "milliseconds since 1970",
                {"0", "1700000000123", "-1", "+1", "-62167219200000", "253402300799999"},
                {"", "x", "1700000000123.5", "1.7e12", " 1", "1 ", "-62167219200001", "253402300800000", "+-1", "+",
                 "-", "0x10", "9223372036854775808", "2023-11-14T22:13:20Z"});
}

TEST(SnowplowParameters, AreIntegersOf32Bits) {
  expect_format({"vid", "tid", "ti_qu", "pp_mix", "pp_max", "pp_miy", "pp_may"}, "a whole number of 32 bits",
                {"0", "7", "+7", "-2147483648", "2147483647"},
                {"", "x", "1.0", "1e3", "2147483648", "-2147483649", "99999999999999999999", "1 ", "--1"});
}

TEST(SnowplowParameters, AreNumbers) {
  const Words good{"0", "-1", "+1", "1.10", ".5", "5.", "1e3", "1E-300", "1.5e+10", "123456789012345678901234567890.5"};
  const Words bad{"",   ".",  "-",   "e5",       "1e",    "1e+",  "1,5", "0x1",
                  "1 ", " 1", "NaN", "Infinity", "1.2.3", "NULL", "--1", "1e1000"};
  expect_format({"se_va", "tr_tt", "tr_tx", "tr_sh", "ti_pr"}, "a number", good, bad);
  expect_format({"se_va"}, "a number", {"null"}, {});
  expect_format({"tr_tt", "tr_tx", "tr_sh", "ti_pr"}, "a number", {}, {"null"});
}

TEST(SnowplowParameters, AreUrlsWithShortParts) {
  const auto text = [](std::size_t size) { return std::string(size, 'x'); };
  const std::vector<std::string> good{
      "",
      "not really a URL",
      "?",
      "https://user:password@a:8080/b?c=https://d#e",
      text(16) + "://" + text(255) + ":80/" + text(2999) + "?" + text(3000) + "#" + text(3000),
      "//[" + text(254) + "]:80?" + text(6000),
      "http://" + text(500) + "@a/",
      "/a:" + text(2990),
  };
  const std::vector<std::string> bad{
      text(17) + ":a",
      "http://" + text(256) + "/",
      "http://a@" + text(256) + ":80",
      "http://a/" + text(3000),
      text(3001),
      "/?" + text(6001),
      "/#" + text(3001),
      "a:/?b#" + text(3001),
  };
  for (const std::string key : {"url", "refr"}) {
    for (const std::string &url : good) EXPECT_EQ(shown_fault(key, url), "");
    for (const std::string &url : bad) {
      EXPECT_TRUE(shown_fault(key, url).ends_with(" is not a URL whose parts fit into Snowplow's columns")) << url;
    }
  }
}

TEST(SnowplowParameters, AreFlags) {
  expect_format({"cookie", "f_pdf", "f_qt", "f_realp", "f_wma", "f_dir", "f_fla", "f_java", "f_gears", "f_ag"},
                "0 or 1", {"0", "1"}, {"", "2", "true", "00", "01", "-1", " 1"});
}

TEST(SnowplowParameters, AreSizes) {
  expect_format({"res", "vp", "ds"}, "a size such as 1920x1080", {"1920x1080", "0x0", "2147483647x2147483647", "01x1"},
                {"", "x", "1920", "1920x", "x1080", "1920X1080", "1920x1080x1", "19.5x10", "-1x1", "+1x1", "1x-1",
                 "2147483648x1", "1x2147483648", "1 x1", "1x1 "});
}

TEST(SnowplowParameters, AreShownShortened) {
  EXPECT_EQ(shown_fault("dtm", std::string(100, 'x')),
            "dtm: \"" + std::string(60, 'x') + "...\" is not milliseconds since 1970");
}

}  // namespace
}  // namespace internal_events::core
