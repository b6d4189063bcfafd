#include "cli/import_redis/redis.hpp"

#include <hiredis/hiredis.h>

#include <cerrno>
#include <set>
#include <utility>

#include "cli/failure.hpp"

namespace internal_events::cli {
namespace {

// As many keys as Redis looks at in a step of SCAN: few enough not to hold up others.
constexpr const char *keys_a_step = "1000";

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
  if (!address_.password.empty()) {
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

std::vector<std::string> Redis::existing(const std::vector<std::string> &keys) {
  for (const std::string &key : keys) send({"EXISTS", key});
  std::vector<std::string> there;
  for (const std::string &key : keys) {
    const Reply reply = receive();
    if (reply->type == REDIS_REPLY_ERROR) refused(text_of(*reply));
    if (reply->integer == 1) there.push_back(key);
  }
  return there;
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
  throw Failure("lost the connection to Redis at " + address_.description() + ": " + context_->errstr,
                "When Redis answers again, run the command again.");
}

void Redis::refused(const std::string &error) const {
  std::string remedy;
  if (error.starts_with("NOAUTH") || error.starts_with("WRONGPASS") || error.starts_with("ERR invalid password")) {
    remedy = "Name user and password as in redis://user:password@host, or the password by REDISCLI_AUTH.";
  } else if (error.starts_with("NOPERM")) {
    remedy = "The user needs +scan +exists +getrange +select +ping and ~* or the keys that are taken over.";
  } else if (error.starts_with("MOVED") || error.starts_with("ASK")) {
    remedy =
        "This is a Redis Cluster: name the node that holds the keys. CLUSTER KEYSLOT '{hll_counters}_' says which.";
  }
  throw Failure("Redis at " + address_.description() + " says: " + error, remedy);
}

}  // namespace internal_events::cli
