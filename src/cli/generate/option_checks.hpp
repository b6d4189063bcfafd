// Options of `internal-events generate` that fit together.
#pragma once

#include <string>

#include "cli/generate/options.hpp"

namespace internal_events::cli {

// Options of which none is missing, misspelt or in contradiction with another one. Which of the events are new is not
// known yet.
class CheckedOptions {
 public:
  // Refuses options that are not so.
  explicit CheckedOptions(GenerateOptions options);

  const GenerateOptions &get() const { return options_; }

 private:
  GenerateOptions options_;
};

// Whether a name may be that of a new event or part of a key path, as GitLab writes them.
bool is_generated_name(const std::string &name);

}  // namespace internal_events::cli
