#include "cli/delivery/stop_signals.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

namespace internal_events::cli {
namespace {

constexpr std::chrono::milliseconds between_checks{100};

// Of the process, as signals are.
std::atomic<bool> is_stopped{false};
std::atomic<pg_cancel *> running{nullptr};

static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<pg_cancel *>::is_always_lock_free);

extern "C" void note_stop(int /*signal*/) {
  const int saved = errno;
  is_stopped = true;
  std::array<char, 256> error{};
  if (pg_cancel *canceler = running) PQcancel(canceler, error.data(), static_cast<int>(error.size()));
  errno = saved;
}

// Says what becomes of both signals; of the second one, the usual.
void handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals() {
  handle(note_stop);
}

StopSignals::~StopSignals() {
  handle(SIG_DFL);
}

bool is_stop_requested() {
  return is_stopped;
}

void check_stop() {
  if (is_stopped) throw Stopped();
}

CancelOnStop::CancelOnStop(const Database &database) : canceler_(database.canceler()) {
  running = canceler_.get();
}

CancelOnStop::~CancelOnStop() {
  running = nullptr;
}

void wait_for(std::chrono::milliseconds span, const std::function<void()> &check) {
  const auto end = std::chrono::steady_clock::now() + span;
  for (;;) {
    check();
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) return;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(end - now, between_checks));
  }
}

}  // namespace internal_events::cli
