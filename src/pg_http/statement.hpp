// SQL statements of the procedures that talk to the network.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace internal_events::pg {

// A row of texts; nothing where a column is null.
using Row = std::vector<std::optional<std::string>>;

// Runs a statement, whose parameters are texts, in the running transaction; its rows.
std::vector<Row> run_statement(const char *sql, std::initializer_list<std::optional<std::string>> arguments);

}  // namespace internal_events::pg
