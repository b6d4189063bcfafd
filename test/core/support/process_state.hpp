// What the HTTP client must leave as it was in the process that uses it.
#pragma once

#include <csignal>

namespace internal_events::core {

// How many files this process has open.
int open_files();

// A signal mask of the caller's own, while it lives.
class OwnSignalMask {
 public:
  OwnSignalMask();
  ~OwnSignalMask();
  OwnSignalMask(const OwnSignalMask &) = delete;
  OwnSignalMask &operator=(const OwnSignalMask &) = delete;

  // Expects that the mask is the caller's.
  static void expect();

 private:
  sigset_t before_{};
};

}  // namespace internal_events::core
