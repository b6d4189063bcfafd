#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"

namespace internal_events::core {

// One value of a YAML file as it was written: what a plain `16.10` is, text or number, is decided later, by the schema.
struct YamlNode {
  enum class Type { null, plain, quoted, sequence, mapping };

  Type type = Type::null;
  Position position;               // of the key, for a member of a mapping
  std::string key;                 // empty but for a member of a mapping
  std::string text;                // of a scalar
  std::vector<YamlNode> children;  // items or members
};

// Reads the one mapping that a definition file consists of; none, and the problems, where it is not that.
std::optional<YamlNode> read_yaml(std::string_view yaml, Problems &problems);

}  // namespace internal_events::core
