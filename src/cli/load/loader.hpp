// Stores definition files in a database.
#pragma once

#include <set>
#include <string>

#include "cli/database.hpp"
#include "cli/definition_check.hpp"
#include "cli/load/changes.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {

// Stores checked files within the caller's transaction. What the server warns of besides is added to their problems.
class Loader {
 public:
  Loader(Database &database, CheckedDefinitions &checked, bool strict);
  ~Loader();
  Loader(const Loader &) = delete;
  Loader &operator=(const Loader &) = delete;

  // Loads every file; `prune`: and removes those of the stored definitions that none of them defines.
  void run(const StoredDefinitions *prune);

 private:
  void load(core::CheckedFile &file);
  void load_schema(core::CheckedFile &file);
  void remove(const StoredDefinitions &stored, const std::string &kind);
  void take_notice(const Notice &notice);

  Database &database_;
  CheckedDefinitions &checked_;
  std::string strict_;
  std::set<DefinitionName> defined_;
  core::CheckedFile *file_ = nullptr;  // the one that is being loaded
};

}  // namespace internal_events::cli
