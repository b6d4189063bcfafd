
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/ping/ping_commands.hpp"

namespace internal_events::cli {

void add_ping(Command app) {
  Command ping = app.add_command("ping", "Preview, build, export and send Service Pings, and see what became of them",
                                 "  internal-events ping preview --pretty -d app\n"
                                 "  internal-events ping send -d app\n"
                                 "  internal-events ping status -d app");
  ping.require_command();
  add_ping_preview(ping);
  add_ping_build(ping);
  add_ping_export(ping);
  add_ping_send(ping);
  add_ping_status(ping);
}

}  // namespace internal_events::cli
