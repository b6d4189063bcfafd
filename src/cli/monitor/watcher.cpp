#include "cli/monitor/watcher.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/text.hpp"

namespace internal_events::cli::monitor {
namespace {

constexpr const char *insufficient_privilege = "42501";
constexpr const char *undefined_table = "42P01";
constexpr const char *undefined_function = "42883";

// Of what was there before the first look.
constexpr std::size_t most_earlier_events = 20;

// A session that watches: it is ended by the server soon after we are gone, even within a query; it keeps to one
// process; and its statements, which are small but long to plan, are planned once and not compiled.
constexpr const char *prepare_session = R"(
SELECT set_config('application_name', 'internal-events monitor', false),
       set_config('client_connection_check_interval', '2s', false),
       set_config('max_parallel_workers_per_gather', '0', false),
       set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false))";

// Time frames as of next Monday, so that they contain today.
constexpr const char *begin_look = R"(
SELECT set_config('internal_events.as_of',
                  (internal_events.monday(internal_events.utc_day(statement_timestamp())) + 7)::text, true),
       internal_events.iso_8601(statement_timestamp()), extract(epoch FROM statement_timestamp())::bigint,
       internal_events.log_position(), has_table_privilege('internal_events.events', 'SELECT'))";

constexpr const char *fed_metrics = R"(
SELECT m.key_path, m.time_frame, m.period_start, m.period_end, m.status
  FROM internal_events.metrics m
 WHERE m.key_path IN (SELECT e.key_path FROM internal_events.event_metrics e WHERE e.event_name = ANY ($1::text[]))
   AND m.status <> 'removed'
 ORDER BY m.key_path)";

constexpr const char *metric_values = R"(
SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path = ANY ($1::text[]))";

constexpr const char *logged_events = R"(
SELECT e.id, e.event_name, internal_events.iso_8601(e.tracked_at), extract(epoch FROM e.tracked_at)::bigint,
       internal_events.iso_8601(e.occurred_at), e.user_id, e.project_id, e.namespace_id, e.category,
       e.additional_properties, e.found
  FROM internal_events.events_since($1::text[], $2, $3::integer) e)";

// The text of an array of texts, as PostgreSQL reads it.
std::string array_of(const std::vector<std::string> &texts) {
  std::string array = "{";
  for (const std::string &text : texts) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + '}';
}

// A bigint of the server's.
long long whole_number(const Value &text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

Event event_of(const Row &row) {
  return {row[0].value_or(""),
          row[1].value_or(""),
          row[2].value_or(""),
          whole_number(row[3]),
          row[4],
          row[5],
          row[6],
          row[7],
          row[8].value_or(""),
          row[9]};
}

}  // namespace

Watcher::Watcher(std::string dbname, std::vector<std::string> names, std::size_t most)
    : dbname_(std::move(dbname)), names_(std::move(names)), names_array_(array_of(names_)), most_(most) {}

Look Watcher::look() {
  try {
    if (!database_) connect();
    return look_within_transaction();
  } catch (const DatabaseError &error) {
    database_.reset();
    if (error.sqlstate == insufficient_privilege) {
      throw Failure(
          error.what(),
          "GRANT internal_events_reader to the role, to see metrics, or internal_events_admin, to see events too.");
    }
    if (error.sqlstate == undefined_table || error.sqlstate == undefined_function)
      throw Failure(error.what(), "ALTER EXTENSION internal_events UPDATE.");
    throw;
  } catch (const Failure &) {
    database_.reset();
    throw;
  }
}

// Connects, and keeps warnings of the server off the screen.
void Watcher::connect() {
  database_.emplace(Database::with_extension(dbname_));
  database_->on_notice([](const Notice &) {});
  database_->run(prepare_session);
  database_->prepare("metrics", fed_metrics);
  database_->prepare("values", metric_values);
  database_->prepare("events", logged_events);
  if (!position_) check_names();
}

// Refuses events that are not defined.
void Watcher::check_names() {
  const std::vector<Row> known = database_->run("SELECT d.name FROM internal_events.event_definitions d");
  for (const std::string &name : names_) {
    core::NearestWord nearest(name);
    bool is_known = false;
    for (const Row &row : known) {
      is_known = is_known || row[0] == name;
      nearest.consider(row[0].value_or(""));
    }
    if (is_known) continue;
    throw Failure("the event " + core::in_quotes(name) + " is not defined" + nearest.suggestion(),
                  "internal_events.event_definitions lists the events; load its definition, or correct the name.");
  }
}

// Reads all from one snapshot, so that an event and what it changes are seen together.
Look Watcher::look_within_transaction() {
  Look look;
  look.database = database_->description();
  Transaction transaction(*database_);
  database_->run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  const std::string now = begin(look);
  read_metrics(look);
  if (look.is_log_readable) read_events(look);
  add_notes(look);
  transaction.commit();
  position_ = now;
  return look;
}

// Says where the look begins to be made; returns how much of the log it sees.
std::string Watcher::begin(Look &look) {
  const Row row = database_->run(begin_look).front();
  look.as_of = row[0].value_or("");
  look.taken_at = row[1].value_or("");
  look.taken = whole_number(row[2]);
  look.is_log_readable = row[4] == "t";
  return row[3].value_or("");
}

void Watcher::read_metrics(Look &look) {
  std::vector<std::string> key_paths;
  for (const Row &row : database_->run_prepared("metrics", {names_array_})) {
    key_paths.push_back(row[0].value_or(""));
    look.metrics.push_back({key_paths.back(), row[1].value_or(""), row[2], row[3], row[4].value_or(""), std::nullopt});
  }
  if (key_paths.empty()) return;
  for (Row &row : database_->run_prepared("values", {array_of(key_paths)})) {
    const auto metric = std::find_if(look.metrics.begin(), look.metrics.end(),
                                     [&](const Metric &candidate) { return candidate.key_path == row[0]; });
    if (metric != look.metrics.end()) metric->value = std::move(row[1]);
  }
}

// Reads what has become visible since the look before, whenever it was tracked; at first, what was tracked last.
void Watcher::read_events(Look &look) {
  const std::size_t most = position_ ? most_ : most_earlier_events;
  std::set<std::string> ids;
  for (const Row &row : database_->run_prepared("events", {names_array_, position_, std::to_string(most)})) {
    look.events.push_back(event_of(row));
    look.new_events = static_cast<std::size_t>(whole_number(row.back()));
    ids.insert(look.events.back().id);
  }
  const std::size_t repeated =
      std::erase_if(look.events, [&](const Event &event) { return seen_.count(event.id) == 1; });
  look.new_events -= std::min(look.new_events, repeated);
  seen_ = std::move(ids);
}

// Says why something that one might expect is not there.
void Watcher::add_notes(Look &look) {
  if (look.metrics.empty()) {
    look.notes.push_back(names_.size() == 1 ? "No metric counts this event." : "No metric counts these events.");
  }
  if (!look.is_log_readable) {
    const std::string user = database_->value("SELECT current_user").value_or("");
    look.notes.push_back("The events themselves are not shown: the role " + core::in_quotes(user) +
                         " reads metrics alone; internal_events_admin reads the log too.");
  }
  for (const Row &row : database_->run("SELECT d.name FROM internal_events.event_definitions d "
                                       "WHERE d.status = 'removed' AND d.name = ANY ($1::text[])",
                                       {names_array_})) {
    look.notes.push_back("The event " + core::in_quotes(row[0].value_or("")) +
                         " is defined with status: removed, so track_event() refuses it.");
  }
}

}  // namespace internal_events::cli::monitor
