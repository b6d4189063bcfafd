#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"

namespace internal_events::core {

constexpr std::string_view redis_hll_prefix = "{hll_counters}_";
constexpr std::string_view redis_counter_prefix = "{event_counters}_";

// Which keys of Redis have other names than their event, filter and identifier give, by files of "new name: old name".
class RedisOverrides {
 public:
  // Reads such a file of sketches, whose names lack prefix and week; says what is wrong with it.
  Problems read_hll(std::string_view yaml);

  // Reads such a file of all-time counters, whose names are whole keys.
  Problems read_counters(std::string_view yaml);

  // The keys that a key would be without overrides: itself where none is about it, and several where rules share it.
  std::vector<std::string> canonical(const std::string &key) const;

  // The key that Redis uses in place of one that has its canonical name.
  std::optional<std::string> used_instead_of(const std::string &key) const;

  // The old names of counters, which no prefix tells from other keys.
  std::vector<std::string> counter_names() const;

 private:
  struct Names {
    std::map<std::string, std::vector<std::string>, std::less<>> new_by_old;
    std::map<std::string, std::string, std::less<>> old_by_new;
  };

  static Problems read(std::string_view yaml, Names &names);

  Names hll_;
  Names counters_;
};

}  // namespace internal_events::core
