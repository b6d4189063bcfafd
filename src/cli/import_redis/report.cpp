#include "cli/import_redis/report.hpp"

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

constexpr std::size_t examples = 3;

struct Status {
  const char *name;
  const char *words;
  const char *words_of_dry_run;
};

constexpr std::array<Status, 6> statuses = {{
    {"imported", "imported", "to be imported"},
    {"present", "already there", "already there"},
    {"skipped", "skipped", "to be skipped"},
    {"damaged", "damaged", "damaged"},
    {"unknown", "unknown", "unknown"},
    {"gone", "gone meanwhile", "gone meanwhile"},
}};

}  // namespace

void ImportReport::add(const std::string &redis_key, const std::string &status, const std::string &reason) {
  Group &group = groups_[{status, reason}];
  ++size_;
  ++group.count;
  if (!reason.empty() && (is_verbose_ || group.keys.size() < examples)) group.keys.push_back(redis_key);
}

std::size_t ImportReport::count(const std::string &status) const {
  std::size_t count = 0;
  for (const auto &[name, group] : groups_) count += name.first == status ? group.count : 0;
  return count;
}

bool ImportReport::needs_a_hand() const {
  return count("skipped") + count("damaged") > 0;
}

void ImportReport::print() const {
  const Style style = style_of(Stream::output);
  std::vector<std::vector<std::string>> rows;
  for (const Status &status : statuses) {
    const std::size_t number = count(status.name);
    if (number == 0 && status.name == std::string_view("gone")) continue;
    rows.push_back({is_dry_run_ ? status.words_of_dry_run : status.words, std::to_string(number)});
  }
  print_table(std::cout, {"keys", "number"}, rows);
  for (const Status &status : statuses) {
    for (const auto &[name, group] : groups_) {
      if (name.first != status.name || name.second.empty()) continue;
      const std::string words = is_dry_run_ ? status.words_of_dry_run : status.words;
      std::cout << '\n' << style.bold(words + ": " + name.second) << '\n';
      for (const std::string &key : group.keys) std::cout << "  " << core::printable(key) << '\n';
      if (group.count > group.keys.size()) {
        std::cout << style.dim("  and " + std::to_string(group.count - group.keys.size()) + " more") << '\n';
      }
    }
  }
  std::cout << std::flush;
}

nlohmann::ordered_json ImportReport::to_json() const {
  nlohmann::ordered_json json = {{"dry_run", is_dry_run_}, {"keys", size_}};
  nlohmann::ordered_json reasons = nlohmann::ordered_json::array();
  for (const Status &status : statuses) {
    json[status.name] = count(status.name);
    for (const auto &[name, group] : groups_) {
      if (name.first != status.name || name.second.empty()) continue;
      nlohmann::ordered_json keys = nlohmann::ordered_json::array();
      for (const std::string &key : group.keys) keys.push_back(core::printable(key));
      reasons.push_back({{"status", status.name}, {"reason", name.second}, {"count", group.count}, {"keys", keys}});
    }
  }
  json["reasons"] = reasons;
  return json;
}

}  // namespace internal_events::cli
