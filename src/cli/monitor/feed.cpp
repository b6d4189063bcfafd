#include "cli/monitor/feed.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>

namespace internal_events::cli::monitor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int pause_for_each_look = 9;
constexpr std::chrono::milliseconds pause_after_failure{1000};
constexpr std::chrono::milliseconds patience_at_the_end{300};

// Tries to look, and says how long to pause afterwards.
Update try_to_look(Watcher &watcher, std::chrono::milliseconds interval) {
  Update update;
  const Clock::time_point begun = Clock::now();
  try {
    update.look = watcher.look();
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    update.pause = std::max(interval, taken * pause_for_each_look);
  } catch (const std::exception &failure) {
    update.problem = failure.what();
    update.pause = std::max(interval, pause_after_failure);
  }
  return update;
}

}  // namespace

struct Feed::State {
  State(Watcher the_watcher, std::chrono::milliseconds the_interval)
      : watcher(std::move(the_watcher)), interval(the_interval) {}

  void run();

  Watcher watcher;  // of the thread alone
  std::chrono::milliseconds interval;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Update> updates;
  bool is_to_end = false;
  bool has_ended = false;
};

void Feed::State::run() {
  std::chrono::milliseconds pause = interval;
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, pause, [this] { return is_to_end; })) {
    lock.unlock();
    Update update = try_to_look(watcher, interval);
    lock.lock();
    pause = update.pause;
    updates.push_back(std::move(update));
    changed.notify_all();
  }
  has_ended = true;
  changed.notify_all();
}

Feed::Feed(Watcher watcher, std::chrono::milliseconds interval)
    : state_(std::make_shared<State>(std::move(watcher), interval)) {
  // Signals are for the thread that reads the keyboard.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([state = state_] { state->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Feed::~Feed() {
  std::unique_lock lock(state_->mutex);
  state_->is_to_end = true;
  state_->changed.notify_all();
  const bool has_ended = state_->changed.wait_for(lock, patience_at_the_end, [this] { return state_->has_ended; });
  lock.unlock();
  if (has_ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

std::vector<Update> Feed::take() {
  const std::scoped_lock lock(state_->mutex);
  return std::exchange(state_->updates, {});
}

std::vector<Update> Feed::wait() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return !state_->updates.empty(); });
  return std::exchange(state_->updates, {});
}

}  // namespace internal_events::cli::monitor
