#pragma once

#include <string>
#include <string_view>

namespace internal_events::core {

// Where a Redis is, and as whom to log in.
struct RedisAddress {
  std::string host;  // or
  std::string path;  // of a Unix socket
  int port = 6379;
  int database = 0;
  std::string user;
  std::string password;

  // The address in words, without the password.
  std::string description() const;
};

struct ParsedRedisUrl {
  RedisAddress address;
  std::string fault;  // what is wrong with the URL; empty: nothing
  std::string remedy;
};

// Reads redis://[[user]:password@]host[:port][/database] and unix://[[user]:password@]/path[?db=database],
// percent-encoded.
ParsedRedisUrl parse_redis_url(std::string_view url);

}  // namespace internal_events::core
