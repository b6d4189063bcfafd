// SQL statements of the procedures that talk to the network.
#pragma once

#include <vector>

#include "core/delivery/statement.hpp"

namespace internal_events::pg {

using core::Row;
using core::Statement;

// Runs a statement in the running transaction; its rows. What the database cannot store of a parameter becomes "?".
std::vector<Row> run_statement(const Statement &statement);

}  // namespace internal_events::pg
