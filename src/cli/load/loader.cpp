#include "cli/load/loader.hpp"

#include <map>

namespace internal_events::cli {
namespace {

// Of a warning about the text of a definition, which the command has checked by the same rules.
constexpr const char *known_warning = "01IE1";

const std::map<std::string, std::string> loading{
    {"event", "SELECT internal_events.load_event_definition($1, $2, $3)"},
    {"instrumentation", "SELECT internal_events.load_instrumentation($1, $2, $3)"},
    {"metric", "SELECT internal_events.load_metric_definition($1, $2, $3, false)"},
};
// What metrics are made of was checked with the files, whose metrics take the place of the stored ones.
const std::map<std::string, std::string> removing{
    {"event", "SELECT internal_events.remove_event_definition($1)"},
    {"instrumentation", "SELECT internal_events.remove_instrumentation($1, $2)"},
    {"metric", "SELECT internal_events.remove_metric_definition($1, false)"},
    {"value_schema", "SELECT internal_events.remove_value_schema($1)"},
};

// What to do about an error of the server, where it does not say that well itself.
std::string remedy_of(const DatabaseError &error) {
  if (error.sqlstate == "22P05") {
    return "Leave the character out, or load into a database whose encoding has it, such as UTF8.";
  }
  if (error.sqlstate == "2BP01" && error.remedy.find("CASCADE") != std::string::npos) {
    return "Drop what depends on it, or have it read internal_events.metric_values; then run the command again.";
  }
  if (error.sqlstate == "40P01" || error.sqlstate == "40001") return "Run the command again.";
  return error.remedy;
}

// Runs a statement for a file or a definition, which an error then names.
void run_for(Database &database, const std::string &subject, const std::string &sql,
             const std::vector<Value> &parameters) {
  try {
    database.run(sql, parameters);
  } catch (const DatabaseError &error) {
    const std::string message = error.what();
    const bool is_named = message.find(subject) != std::string::npos;
    throw Failure("nothing was loaded: " + (is_named ? "" : subject + ": ") + message, remedy_of(error));
  }
}

}  // namespace

Loader::Loader(Database &database, CheckedDefinitions &checked, bool strict)
    : database_(database), checked_(checked), strict_(strict ? "true" : "false") {
  for (const core::CheckedFile &file : checked.definitions) defined_.insert(name_of(file));
  for (const core::CheckedFile &file : checked.schemas) defined_.insert(name_of(file));
  database_.run("SET LOCAL client_min_messages = warning");
  database_.on_notice([this](const Notice &notice) { take_notice(notice); });
}

Loader::~Loader() {
  database_.on_notice([](const Notice &) {});
}

// Adds a warning to the file that is being loaded, unless the command has found the same.
void Loader::take_notice(const Notice &notice) {
  if (file_ == nullptr || notice.sqlstate == known_warning) return;
  file_->problems.push_back({core::Severity::warning, {}, "", notice.message});
}

void Loader::run(const StoredDefinitions *prune) {
  Progress progress("Loading", checked_.definitions.size() + checked_.schemas.size());
  // First, because a new metric may have the key path of a removed one.
  if (prune != nullptr) remove(*prune, "metric");
  for (core::CheckedFile &file : checked_.definitions) {
    load(file);
    progress.advance();
  }
  for (core::CheckedFile &file : checked_.schemas) {
    load_schema(file);
    progress.advance();
  }
  file_ = nullptr;
  run_for(database_, "counting what the log still has", "SELECT internal_events.count_retained()", {});
  if (prune == nullptr) return;
  // Last, because the metrics that were made of them are different by now.
  for (const char *kind : {"instrumentation", "event", "value_schema"}) remove(*prune, kind);
}

void Loader::load(core::CheckedFile &file) {
  file_ = &file;
  run_for(database_, file.path, loading.at(name_of(file).first), {file.text, file.path, strict_});
}

void Loader::load_schema(core::CheckedFile &file) {
  file_ = &file;
  run_for(database_, file.path, "SELECT internal_events.load_value_schema($1, $2::jsonb)", {file.name, file.text});
}

// Removes the definitions of a kind that no file has; what was removed before is not touched.
void Loader::remove(const StoredDefinitions &stored, const std::string &kind) {
  for (const auto &[name, definition] : stored) {
    if (name.first != kind || definition.is_removed || defined_.count(name) > 0) continue;
    std::vector<Value> parameters{definition.name};
    if (kind == "instrumentation") parameters.push_back(definition.options);
    run_for(database_, kind + ' ' + name.second, removing.at(kind), parameters);
  }
}

}  // namespace internal_events::cli
