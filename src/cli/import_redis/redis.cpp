#include "cli/import_redis/redis.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "cli/failure.hpp"

namespace internal_events::cli {
namespace {

// As many keys as Redis looks at in a step of SCAN: few enough not to hold up others.
constexpr const char *keys_a_step = "1000";

struct Remedy {
  const char *part_of_error;
  const char *text;
};

constexpr const char *name_user =
    "Name user and password as in redis://user:password@host, or the password by REDISCLI_AUTH.";
constexpr const char *name_database =
    "Name a database that it has, as in redis://host:port/0; a Redis Cluster has 0 alone.";
constexpr const char *name_master =
    "Of a Redis Cluster, run the command for each of its masters; CLUSTER NODES lists them.";

// What to do about errors of Redis.
constexpr std::array<Remedy, 11> remedies = {{
    {"NOAUTH", name_user},
    {"WRONGPASS", name_user},
    {"invalid password", name_user},
    {"without any password configured", "It has no password: leave it out."},
    {"NOPERM", "The user needs +scan +exists +getrange +select +ping and ~* or the keys that are taken over."},
    {"DB index", name_database},
    {"SELECT is not allowed", name_database},
    {"MOVED", name_master},
    {"ASK ", "It gives keys to another node at the moment: run the command again when that is done."},
    {"LOADING", "Run the command again when it has read its data."},
    {"MASTERDOWN", "Name another server of it, or run the command again when the replica has its master back."},
}};

std::string text_of(const redisReply &reply) {
  return reply.str == nullptr ? "" : std::string(reply.str, static_cast<std::size_t>(reply.len));
}

}  // namespace

void Redis::Free::operator()(redisContext *context) const {
  redisFree(context);
}

void Redis::Free::operator()(redisReply *reply) const {
  freeReplyObject(reply);
}

Redis::Redis(core::RedisAddress address, std::chrono::seconds timeout) : address_(std::move(address)) {
  connect(timeout);
  log_in();
}

void Redis::connect(std::chrono::seconds timeout) {
  const timeval limit = {.tv_sec = timeout.count(), .tv_usec = 0};
  context_.reset(address_.path.empty() ? redisConnectWithTimeout(address_.host.c_str(), address_.port, limit)
                                       : redisConnectUnixWithTimeout(address_.path.c_str(), limit));
  if (!context_ || context_->err != 0) {
    throw Failure("cannot connect to Redis at " + address_.description() + ": " +
                      (context_ ? std::string(context_->errstr) : "out of memory"),
                  "Check the address of --redis, and that this machine may reach it.");
  }
  redisSetTimeout(context_.get(), limit);
}

void Redis::log_in() {
  // A user may need no password.
  if (!address_.password.empty() || !address_.user.empty()) {
    Command command = {"AUTH"};
    if (!address_.user.empty()) command.push_back(address_.user);
    command.push_back(address_.password);
    run(command);
  }
  if (address_.database != 0) run({"SELECT", std::to_string(address_.database)});
  // What stands in the way is said now, not half way through.
  run({"PING"});
}

std::vector<std::string> Redis::keys(const std::string &pattern, const std::function<void(std::size_t)> &on_step) {
  std::set<std::string> found;
  std::string cursor = "0";
  do {
    const Reply reply = run({"SCAN", cursor, "MATCH", pattern, "COUNT", keys_a_step});
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) refused("an answer to SCAN that is none");
    cursor = text_of(*reply->element[0]);
    const std::size_t before = found.size();
    for (std::size_t i = 0; i < reply->element[1]->elements; ++i) found.insert(text_of(*reply->element[1]->element[i]));
    on_step(found.size() - before);
  } while (cursor != "0");
  return {found.begin(), found.end()};
}

RedisPresence Redis::presence(const std::vector<std::string> &keys) {
  for (const std::string &key : keys) send({"EXISTS", key});
  RedisPresence presence;
  for (const std::string &key : keys) {
    const Reply reply = receive();
    if (reply->type == REDIS_REPLY_ERROR) {
      const std::string error = text_of(*reply);
      if (!error.starts_with("MOVED")) refused(error);
      ++presence.elsewhere;
    } else if (reply->integer == 1) {
      presence.here.push_back(key);
    }
  }
  return presence;
}

std::vector<RedisContent> Redis::contents(const std::vector<std::string> &keys, std::size_t most_bytes) {
  const std::string last = std::to_string(most_bytes - 1);
  for (const std::string &key : keys) send({"GETRANGE", key, "0", last});
  std::vector<RedisContent> contents;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Reply reply = receive();
    const bool is_error = reply->type == REDIS_REPLY_ERROR;
    const std::string text = text_of(*reply);
    if (is_error && !text.starts_with("WRONGTYPE")) refused(text);
    contents.push_back(is_error
                           ? RedisContent{.bytes = {}, .refusal = "it is no string, but a list, a hash or the like"}
                           : RedisContent{.bytes = text, .refusal = {}});
  }
  return contents;
}

void Redis::send(const Command &command) {
  std::vector<const char *> words;
  std::vector<std::size_t> sizes;
  for (const std::string &word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(), sizes.data()) != REDIS_OK) {
    lost();
  }
}

Redis::Reply Redis::receive() {
  void *reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) lost();
  return Reply(static_cast<redisReply *>(reply));
}

Redis::Reply Redis::run(const Command &command) {
  send(command);
  Reply reply = receive();
  if (reply->type == REDIS_REPLY_ERROR) refused(text_of(*reply));
  return reply;
}

void Redis::lost() const {
  if (context_->err == REDIS_ERR_IO && errno == EAGAIN) {
    throw Failure("Redis at " + address_.description() + " does not answer",
                  "Run the command again when it does, or allow it more time by --timeout.");
  }
  if (context_->err == REDIS_ERR_PROTOCOL) {
    throw Failure("what answers at " + address_.description() + " is no Redis: " + context_->errstr,
                  "Check host and port of --redis.");
  }
  throw Failure("lost the connection to Redis at " + address_.description() + ": " + context_->errstr,
                "When Redis answers again, run the command again.");
}

void Redis::refused(const std::string &error) const {
  const auto *const known = std::find_if(remedies.begin(), remedies.end(), [&](const Remedy &remedy) {
    return error.find(remedy.part_of_error) != std::string::npos;
  });
  throw Failure("Redis at " + address_.description() + " says: " + error,
                known == remedies.end() ? "Mend that and run the command again." : known->text);
}

}  // namespace internal_events::cli
