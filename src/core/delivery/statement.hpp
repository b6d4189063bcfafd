// SQL that the core wants run, by whatever session there is: inside of the server or from outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace internal_events::core {

// Texts; nothing where one is null.
using Row = std::vector<std::optional<std::string>>;

// A statement and its parameters, which are all texts. It is to be a transaction of its own.
struct Statement {
  std::string sql;
  Row parameters;
  bool is_long = false;  // whoever stops the session does not wait for its end
};

}  // namespace internal_events::core
