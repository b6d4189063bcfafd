// What a database says of the definitions of a dictionary.
#pragma once

#include "cli/dictionary/model.hpp"

namespace internal_events::cli::dictionary {

// Adds what is loaded there: statuses, SQL and, where values are wanted, these and what was counted by day.
void add_loaded(Database &database, Dictionary &dictionary, bool with_values);

}  // namespace internal_events::cli::dictionary
