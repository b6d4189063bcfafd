// SIGINT and SIGTERM, for a command that has something to put in order before it ends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "cli/database.hpp"

namespace internal_events::cli {

// What ends a command that was told to stop.
struct Stopped : Failure {
  Stopped() : Failure("stopped by a signal", "What is left is done by the next run.") {}
};

// While it lives, the first signal is noted, and the second one ends the process as usual.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals &) = delete;
  StopSignals &operator=(const StopSignals &) = delete;
};

// Whether a signal has come.
bool is_stop_requested();

// Throws Stopped where one has.
void check_stop();

// While it lives, a signal ends the statement of the session too.
class CancelOnStop {
 public:
  explicit CancelOnStop(const Database &database);
  ~CancelOnStop();
  CancelOnStop(const CancelOnStop &) = delete;
  CancelOnStop &operator=(const CancelOnStop &) = delete;

 private:
  std::shared_ptr<pg_cancel> canceler_;
};

// Lets time pass, and calls a function at least every 100 ms; its exception ends the wait.
void wait_for(std::chrono::milliseconds span, const std::function<void()> &check);

}  // namespace internal_events::cli
