// Asks, step by step, for what the options of generate would say.
#pragma once

#include "cli/generate/plan.hpp"

namespace internal_events::cli {

// Asks for what `options` leaves open and adds it there, shows the files and asks whether to write them. Returns what
// is to be written; throws a Failure where nothing is.
Plan ask_for_plan(GenerateOptions &options, const KnownDefinitions &known);

}  // namespace internal_events::cli
