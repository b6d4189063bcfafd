// What became of each key of Redis.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace internal_events::cli {

class ImportReport {
 public:
  // `is_verbose`: every key with a reason is named, not the first of them.
  ImportReport(bool is_dry_run, bool is_verbose) : is_dry_run_(is_dry_run), is_verbose_(is_verbose) {}

  // The status is imported, present, skipped, damaged, unknown or gone.
  void add(const std::string &redis_key, const std::string &status, const std::string &reason);

  // Whether there are keys that somebody should look at.
  bool needs_a_hand() const;

  std::size_t size() const { return size_; }

  // Prints the numbers, and the keys by reason.
  void print() const;

  nlohmann::ordered_json to_json() const;

 private:
  struct Group {
    std::size_t count = 0;
    std::vector<std::string> keys;
  };

  std::size_t count(const std::string &status) const;

  bool is_dry_run_;
  bool is_verbose_;
  std::size_t size_ = 0;
  std::map<std::pair<std::string, std::string>, Group> groups_;  // by status and reason
};

}  // namespace internal_events::cli
