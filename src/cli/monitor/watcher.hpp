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
  // Up to where the log has been read: what this snapshot of this cluster does not see is new.
  struct Position {
    std::string cluster;
    std::string snapshot;
  };

  void connect();
  void check_names();
  Look look_within_transaction();
  Position begin(Look &look);
  void read_metrics(Look &look);
  void read_new_events(Look &look, const Position &now);
  void read_earlier_events(Look &look, const Position &now);
  void add_notes(Look &look);

  std::string dbname_;
  std::vector<std::string> names_;
  std::string names_array_;
  std::size_t most_;
  std::optional<Database> database_;
  std::optional<Position> position_;
  std::set<std::string> seen_;
};

}  // namespace internal_events::cli::monitor
