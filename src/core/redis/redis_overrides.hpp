#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/definitions/selection_rule.hpp"
#include "core/problem.hpp"

namespace internal_events::core {

// Which keys of Redis have other names than their event, filter and identifier give, after GitLab's files of
// "new name: old name".
class RedisOverrides {
 public:
  // Reads such a file of sketches, whose names lack prefix and week; says what is wrong with it, and warns of an old
  // name that several rules share.
  Problems read_hll(std::string_view yaml);

  // Reads such a file of all-time counters, whose names are whole keys.
  Problems read_counters(std::string_view yaml);

  // The keys that a key would be without overrides: itself where none is about it, and several where rules share it.
  std::vector<std::string> canonical(const std::string &key) const;

  // The key that Redis uses in place of one that has its canonical name.
  std::optional<std::string> used_instead_of(const std::string &key) const;

  // The old names of counters, which no prefix tells from other keys.
  std::vector<std::string> counter_names() const;

  // The rule that a metric means by the old name of a sketch; none where no override is about it.
  std::optional<SelectionRule> rule_of_unique(const std::string &old_name) const;

  // The rule that a metric means by the old key of a counter.
  std::optional<SelectionRule> rule_of_total(const std::string &old_key) const;

 private:
  enum class Form { sketches, counters };

  struct NewName {
    std::string name;
    SelectionRule rule;
  };

  struct Names {
    // Keeps what an override says; returns why it leaves in doubt what the old name means, if it does.
    std::string add(NewName added, const std::string &old_name);

    std::map<std::string, std::vector<NewName>, std::less<>> new_by_old;
    std::map<std::string, std::string, std::less<>> old_by_new;
  };

  static Problems read(std::string_view yaml, Form form, Names &names);
  static std::optional<SelectionRule> rule_in(const Names &names, const std::string &old_name, bool is_unique);

  Names hll_;
  Names counters_;
};

}  // namespace internal_events::core
