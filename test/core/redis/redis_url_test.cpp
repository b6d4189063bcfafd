#include "core/redis/redis_url.hpp"

#include <gtest/gtest.h>

namespace internal_events::core {
namespace {

RedisAddress address_of(const char *url) {
  const ParsedRedisUrl parsed = parse_redis_url(url);
  EXPECT_EQ(parsed.fault, "") << url;
  return parsed.address;
}

TEST(RedisUrlTest, ReadsEachPart) {
  const RedisAddress address = address_of("redis://app:s%40cret@cache.example.com:6380/3");
  EXPECT_EQ(address.host, "cache.example.com");
  EXPECT_EQ(address.port, 6380);
  EXPECT_EQ(address.database, 3);
  EXPECT_EQ(address.user, "app");
  EXPECT_EQ(address.password, "s@cret");
  EXPECT_EQ(address.path, "");
}

TEST(RedisUrlTest, WhatIsLeftOutHasItsDefault) {
  for (const char *url : {"redis://", "redis://127.0.0.1", "redis://127.0.0.1/", "redis://127.0.0.1:6379/0"}) {
    const RedisAddress address = address_of(url);
    EXPECT_EQ(address.host, "127.0.0.1") << url;
    EXPECT_EQ(address.port, 6379) << url;
    EXPECT_EQ(address.database, 0) << url;
    EXPECT_EQ(address.user + address.password, "") << url;
  }
}

TEST(RedisUrlTest, APasswordNeedsNoUser) {
  for (const char *url : {"redis://:secret@host", "redis://secret@host", "unix://:secret@/run/redis"}) {
    EXPECT_EQ(address_of(url).user, "") << url;
    EXPECT_EQ(address_of(url).password, "secret") << url;
  }
  EXPECT_EQ(address_of("redis://:a@b:c@host").password, "a@b:c");
}

TEST(RedisUrlTest, ReadsIpv6AndSockets) {
  EXPECT_EQ(address_of("redis://[::1]:7000/1").host, "::1");
  EXPECT_EQ(address_of("redis://[::1]:7000/1").port, 7000);
  EXPECT_EQ(address_of("unix:///run/redis/a%20b.sock?db=2").path, "/run/redis/a b.sock");
  EXPECT_EQ(address_of("unix:///run/redis/a%20b.sock?db=2").database, 2);
}

TEST(RedisUrlTest, TheDescriptionKeepsThePassword) {
  EXPECT_EQ(address_of("redis://app:secret@host:1/2").description(), "host:1, database 2");
  EXPECT_EQ(address_of("redis://[::1]").description(), "[::1]:6379");
  EXPECT_EQ(address_of("unix://:secret@/run/redis").description(), "/run/redis");
}

TEST(RedisUrlTest, SaysWhatIsWrong) {
  const auto fault_of = [](const char *url) { return parse_redis_url(url).fault; };
  EXPECT_EQ(fault_of("localhost"), "it begins with neither redis:// nor unix://");
  EXPECT_EQ(fault_of("redis://host:x"), "\":x\" is no port");
  EXPECT_EQ(fault_of("redis://host:0"), "\":0\" is no port");
  EXPECT_EQ(fault_of("redis://host:65536"), "\":65536\" is no port");
  EXPECT_EQ(fault_of("redis://[::1"), "the host's bracket is not closed");
  EXPECT_EQ(fault_of("redis://host/x"), "\"x\" is no number of a database");
  EXPECT_EQ(fault_of("redis://host/-1"), "\"-1\" is no number of a database");
  EXPECT_EQ(fault_of("redis://host?db=1"), "a URL of Redis has no parameters");
  EXPECT_EQ(fault_of("redis://app:se/cret@host"), "an @ stands behind a / or ?");
  EXPECT_EQ(fault_of("redis://app:se?cret@host"), "an @ stands behind a / or ?");
  EXPECT_EQ(fault_of("redis://:%4@host"), "a % is not followed by two hexadecimal digits");
  EXPECT_EQ(fault_of("redis://:%@host"), "a % is not followed by two hexadecimal digits");
  EXPECT_EQ(fault_of("redis://:%zz@host"), "a % is not followed by two hexadecimal digits");
  EXPECT_EQ(fault_of("unix://run"), "the path of a socket begins with /");
  EXPECT_EQ(fault_of("unix:///run?user=1"), "\"user=1\" is no parameter");
}

TEST(RedisUrlTest, TlsHasARemedy) {
  const ParsedRedisUrl parsed = parse_redis_url("rediss://host");
  EXPECT_EQ(parsed.fault, "TLS is not spoken here");
  EXPECT_NE(parsed.remedy.find("stunnel"), std::string::npos);
}

}  // namespace
}  // namespace internal_events::core
