// Looks at a database in the background, so that the keyboard answers while a server does not.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/monitor/look.hpp"
#include "cli/monitor/watcher.hpp"

namespace internal_events::cli::monitor {

// What came of one try to look.
struct Update {
  std::optional<Look> look;
  std::string problem;                 // where there is no look: why
  std::chrono::milliseconds pause{0};  // until the next try
};

class Feed {
 public:
  // Goes on with a watcher that has had its first look. A look that takes long is followed by a longer pause than
  // `interval`, so that a database is never busy with us for more than a tenth of the time.
  Feed(Watcher watcher, std::chrono::milliseconds interval);
  // Ends the thread; where a server keeps it waiting, leaves it behind.
  ~Feed();
  Feed(const Feed &) = delete;
  Feed &operator=(const Feed &) = delete;

  // What has come since the last call.
  std::vector<Update> take();
  // The same, but waits until something has come.
  std::vector<Update> wait();

 private:
  struct State;

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace internal_events::cli::monitor
