#include "cli/import_redis/take_over.hpp"

#include <cstddef>
#include <string_view>

#include "core/sketches/redis_hll.hpp"

namespace internal_events::cli {
namespace {

// Bytes as PostgreSQL reads an array of bytea.
std::string to_array(const std::vector<std::string_view> &elements) {
  constexpr const char *digits = "0123456789abcdef";
  std::string text = "{";
  for (const std::string_view bytes : elements) {
    text += text.size() == 1 ? "\"\\\\x" : ",\"\\\\x";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      text += {digits[byte / 16], digits[byte % 16]};
    }
    text += '"';
  }
  return text + "}";
}

std::string canonical_names(const std::vector<RedisKey> &keys) {
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const RedisKey &key : keys) names.emplace_back(key.canonical);
  return to_array(names);
}

// The keys that are of a rule; reports the others.
std::vector<RedisKey> known_keys(Database &database, const std::vector<RedisKey> &keys, ImportReport &report) {
  std::vector<RedisKey> known;
  const std::vector<Row> rows =
      database.run("SELECT f.status, f.reason FROM internal_events.find_redis_rules($1) f ORDER BY f.number",
                   {canonical_names(keys)});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i][0]) {
      report.add(keys[i].name, *rows[i][0], rows[i][1].value_or(""));
    } else {
      known.push_back(keys[i]);
    }
  }
  return known;
}

// Keys with what they hold.
struct Filled {
  std::vector<RedisKey> keys;
  std::vector<std::string> contents;
};

// Fetches what keys hold; reports those that hold nothing that could be taken over.
Filled fetch(Redis &redis, const std::vector<RedisKey> &keys, ImportReport &report) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const RedisKey &key : keys) names.push_back(key.name);
  // A byte more than there can be shows what is too long, without fetching half a gigabyte of it.
  std::vector<RedisContent> contents = redis.contents(names, core::redis_hll_largest_encoding + 1);
  Filled filled;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!contents[i].refusal.empty()) {
      report.add(keys[i].name, "skipped", contents[i].refusal);
    } else if (contents[i].bytes.empty()) {
      report.add(keys[i].name, "gone", "");
    } else {
      filled.keys.push_back(keys[i]);
      filled.contents.push_back(std::move(contents[i].bytes));
    }
  }
  return filled;
}

}  // namespace

void take_over(Database &database, Redis &redis, const std::vector<RedisKey> &keys, bool is_dry_run,
               ImportReport &report) {
  const Filled filled = fetch(redis, known_keys(database, keys, report), report);
  if (filled.keys.empty()) return;
  const std::vector<Row> rows = database.run(
      "SELECT t.status, t.reason FROM internal_events.take_over_redis_keys($1, $2, $3) t ORDER BY t.number",
      {canonical_names(filled.keys), to_array({filled.contents.begin(), filled.contents.end()}),
       is_dry_run ? "true" : "false"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    report.add(filled.keys[i].name, rows[i][0].value_or(""), rows[i][1].value_or(""));
  }
}

}  // namespace internal_events::cli
