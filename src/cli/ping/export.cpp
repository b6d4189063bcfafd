#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>

#include "cli/common_options.hpp"
#include "cli/database.hpp"
#include "cli/ping/ping_commands.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

struct ExportOptions {
  std::string dbname;
  std::optional<std::int64_t> id;
  std::string path;
  bool metadata = false;
  bool force = false;
};

// Writes a new file, or by force over one that is there.
void write_file(const std::string &path, const std::string &text, bool force) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0666);
  if (descriptor < 0 && errno == EEXIST) {
    throw Failure(path + " exists already", "Name another file, or overwrite it by --force.");
  }
  std::FILE *file = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
  const bool is_written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool is_closed = file != nullptr && std::fclose(file) == 0;
  if (is_written && is_closed) return;
  const std::string reason = std::strerror(errno);
  // Half a ping would look like one.
  if (file != nullptr && !force) unlink(path.c_str());
  throw Failure("cannot write " + path + ": " + reason, "Name another file by -o.");
}

// The ping, or by default the newest: its id, text, idempotency key and digest.
Row find_ping(Database &database, const ExportOptions &options) {
  const std::string column = options.metadata ? "metadata" : "payload";
  const std::vector<Row> rows =
      database.run("SELECT id, " + column + "::text, idempotency_key, encode(sha256(convert_to(" + column +
                       "::text, 'UTF8')), 'hex') FROM internal_events.service_pings "
                       "WHERE payload IS NOT NULL AND (id = $1::int8 OR $1::int8 IS NULL) ORDER BY id DESC LIMIT 1",
                   {options.id ? std::optional(std::to_string(*options.id)) : std::nullopt});
  if (!rows.empty()) return rows.front();
  if (!options.id) throw Failure("there is no Service Ping to export", "`internal-events ping build` builds one.");
  throw Failure("there is no Service Ping " + std::to_string(*options.id) + " to export",
                "`internal-events ping status` lists them.");
}

Exit export_ping(const ExportOptions &options) {
  Database database = Database::with_extension(options.dbname);
  const Row ping = find_ping(database, options);
  const std::string &text = *ping[1];
  if (options.path.empty()) {
    std::cout << text << (is_terminal(Stream::output) ? "\n" : "") << std::flush;
  } else {
    write_file(options.path, text, options.force);
  }
  std::cerr << "Service Ping " << *ping[0] << (options.metadata ? ", metadata: " : ": ") << text.size()
            << " bytes, SHA-256 " << *ping[3];
  if (!options.metadata) std::cerr << ", Idempotency-Key " << *ping[2];
  std::cerr << '\n';
  return Exit::good;
}

}  // namespace

void add_ping_export(Command ping) {
  auto options = std::make_shared<ExportOptions>();
  Command command = ping.add_command("export", "Write a Service Ping, byte for byte as it is sent",
                                     "  internal-events ping export -o ping.json -d app\n"
                                     "  internal-events ping export --id 7 --metadata | jq .");
  add_dbname(command, options->dbname);
  command.add_option("--id", options->id, "Of the ping; otherwise the newest").type("ID");
  command.add_option("-o,--output", options->path, "File to write; otherwise standard output").type("FILE");
  command.add_flag("--metadata", options->metadata, "How its metrics were measured, which is never sent");
  command.add_flag("--force", options->force, "Overwrite the file");
  command.on_run([options] { return export_ping(*options); });
}

}  // namespace internal_events::cli
