// A connection to Redis by hiredis, which only reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/redis/redis_url.hpp"

struct redisContext;
struct redisReply;

namespace internal_events::cli {

// What a key holds: bytes, none where the key is not there; or why Redis does not give them.
struct RedisContent {
  std::string bytes;
  std::string refusal;
};

// Which keys are there, and how many another node of a Redis Cluster may have.
struct RedisPresence {
  std::vector<std::string> here;
  std::size_t elsewhere = 0;
};

class Redis {
 public:
  // Connects and logs in; an answer that takes longer than the timeout counts as a lost connection.
  Redis(core::RedisAddress address, std::chrono::seconds timeout);

  // All keys that a glob-style pattern fits, each once, sorted; calls `on_step` with the number of new ones now and
  // then.
  std::vector<std::string> keys(const std::string &pattern, const std::function<void(std::size_t)> &on_step);

  // Which of some keys are there.
  RedisPresence presence(const std::vector<std::string> &keys);

  // The first so many bytes of each key.
  std::vector<RedisContent> contents(const std::vector<std::string> &keys, std::size_t most_bytes);

 private:
  struct Free {
    void operator()(redisContext *context) const;
    void operator()(redisReply *reply) const;
  };
  using Reply = std::unique_ptr<redisReply, Free>;
  using Command = std::vector<std::string>;

  void connect(std::chrono::seconds timeout);
  void log_in();
  void send(const Command &command);
  Reply receive();
  Reply run(const Command &command);
  [[noreturn]] void lost() const;
  [[noreturn]] void refused(const std::string &error) const;

  core::RedisAddress address_;
  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace internal_events::cli
