// Why a command fails, and what its run ends with.
#pragma once

#include <stdexcept>
#include <string>

namespace internal_events::cli {

// What a run ends with.
enum class Exit { good = 0, refused = 1, usage = 2 };

// Why a command cannot go on, and what to do about it; main() shows both.
struct Failure : std::runtime_error {
  explicit Failure(const std::string &message, std::string the_remedy = "", Exit the_status = Exit::refused)
      : std::runtime_error(message), remedy(std::move(the_remedy)), status(the_status) {}

  std::string remedy;
  Exit status;
};

// Shows on standard error why a command has failed, and what to do.
void show(const Failure &failure);

}  // namespace internal_events::cli
