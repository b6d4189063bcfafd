// Reads from a database, again and again, what the monitor shows.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/database.hpp"
#include "cli/monitor/look.hpp"

namespace internal_events::cli::monitor {

class Watcher {
 public:
  // Watches events by their names; a look brings at most so many of them, the newest.
  Watcher(std::string dbname, std::vector<std::string> names, std::size_t most);

  // Looks at the database, and connects to it first where that is to be done. After a Failure the next look connects
  // anew; it misses no event, as what counts as new goes by transactions.
  Look look();

  const std::vector<std::string> &names() const { return names_; }

 private:
  void connect();
  void check_names();
  Look look_within_transaction();
  std::string begin(Look &look);
  void read_metrics(Look &look);
  void read_events(Look &look);
  void add_notes(Look &look);

  std::string dbname_;
  std::vector<std::string> names_;
  std::string names_array_;
  std::size_t most_;
  std::optional<Database> database_;
  std::optional<std::string> position_;  // of the log, up to which it has been read
  std::set<std::string> seen_;
};

}  // namespace internal_events::cli::monitor
