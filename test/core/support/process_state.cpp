#include "support/process_state.hpp"

#include <dirent.h>
#include <gtest/gtest.h>

#include <memory>

namespace internal_events::core {

int open_files() {
  int count = 0;
  const std::unique_ptr<DIR, int (*)(DIR *)> folder(opendir("/proc/self/fd"), closedir);
  while (readdir(folder.get()) != nullptr) ++count;
  return count;
}

OwnSignalMask::OwnSignalMask() {
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, SIGUSR2);
  pthread_sigmask(SIG_SETMASK, &own, &before_);
}

OwnSignalMask::~OwnSignalMask() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void OwnSignalMask::expect() {
  sigset_t now;
  pthread_sigmask(SIG_SETMASK, nullptr, &now);
  EXPECT_EQ(sigismember(&now, SIGUSR2), 1);
  EXPECT_EQ(sigismember(&now, SIGUSR1), 0);
}

}  // namespace internal_events::core
