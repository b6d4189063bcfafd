#include "cli/common_options.hpp"

namespace internal_events::cli {

void add_dbname(Command command, std::string &dbname) {
  command
      .add_option("-d,--dbname", dbname,
                  "Database name or connection string; what it leaves out comes from libpq's environment variables")
      .type("DBNAME");
}

void add_dbname(Command command, std::optional<std::string> &dbname, const std::string &purpose) {
  command.add_option("-d,--dbname", dbname, purpose).type("DBNAME");
}

void add_json(Command command, bool &json) {
  command.add_flag("--json", json, "Print JSON");
}

}  // namespace internal_events::cli
