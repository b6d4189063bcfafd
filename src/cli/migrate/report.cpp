#include "cli/migrate/report.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/words.hpp"
#include "core/json.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// A file, and the place in it where that is known.
std::string place(const std::string &path, core::Position position) {
  std::string shown = core::printable(path);
  if (position.line == 0) return shown;
  return shown + ':' + std::to_string(position.line) + ':' + std::to_string(position.column);
}

// A heading above what follows, after a blank line where something stands before it.
class Headings {
 public:
  Headings(std::ostream &out, const Style &style) : out_(out), style_(style) {}

  void print(const std::string &text) {
    out_ << (is_first_ ? "" : "\n") << style_.bold(text) << '\n';
    is_first_ = false;
  }

 private:
  std::ostream &out_;
  const Style &style_;
  bool is_first_ = true;
};

std::string tense(const MigrationReport &report, const std::string &done, const std::string &planned) {
  return report.is_dry_run ? planned : done;
}

void print_migrated(std::ostream &out, const MigrationReport &report, const Style &style) {
  for (const core::MigratedFile &file : report.plan.migrated) {
    out << core::printable(file.path) << ": " << file.key_path << '\n';
    for (const std::string &note : file.metric.notes) {
      out << "  " << style.yellow("note: ") << core::printable(note) << '\n';
    }
  }
}

// Prints the files that stay, either those that somebody has to see to, or the others.
void print_left(std::ostream &out, const MigrationReport &report, const Style &style, bool needs_hand) {
  for (const core::LeftFile &file : report.plan.left) {
    if (file.refusal.needs_hand != needs_hand) continue;
    out << place(file.path, file.refusal.position) << ": " << core::printable(file.refusal.reason) << '\n';
    if (!file.refusal.remedy.empty())
      out << "  " << style.bold("Remedy: ") << core::printable(file.refusal.remedy) << '\n';
  }
}

void print_calls(std::ostream &out, const MigrationReport &report, const Style &style) {
  for (const FoundCall &found : report.scan.calls) {
    out << place(found.path, found.call.position) << ": " << found.call.kind << '\n';
    out << "  " << style.red("- " + core::printable(found.call.found)) << '\n';
    if (!found.call.replacement.empty())
      out << "  " << style.green("+ " + core::printable(found.call.replacement)) << '\n';
    if (found.call.replacement.empty()) out << "  " << style.yellow("rewrite by hand") << '\n';
    for (const std::string &hint : found.call.look_at)
      out << "  " << style.yellow("look: ") << core::printable(hint) << '\n';
  }
}

bool has_left(const MigrationReport &report, bool needs_hand) {
  return std::any_of(report.plan.left.begin(), report.plan.left.end(),
                     [&](const core::LeftFile &file) { return file.refusal.needs_hand == needs_hand; });
}

nlohmann::ordered_json json_of(const core::MigratedFile &file) {
  nlohmann::ordered_json events = nlohmann::ordered_json::array();
  for (const core::SelectionRule &rule : file.metric.rules) {
    nlohmann::ordered_json event = {{"name", rule.event}};
    const nlohmann::json written = rule.to_json();
    for (const char *key : {"unique", "filter", "operator"}) {
      if (written.contains(key)) event[key] = written.at(key);
    }
    events.push_back(std::move(event));
  }
  return {{"file", file.path},
          {"key_path", file.key_path},
          {"data_source", file.old_source},
          {"events", std::move(events)},
          {"notes", file.metric.notes}};
}

nlohmann::ordered_json with_place(const std::string &path, core::Position position) {
  nlohmann::ordered_json object = {{"file", path}, {"line", nullptr}, {"column", nullptr}};
  if (position.line > 0) {
    object["line"] = position.line;
    object["column"] = position.column;
  }
  return object;
}

nlohmann::ordered_json json_of(const core::LeftFile &file) {
  nlohmann::ordered_json object = with_place(file.path, file.refusal.position);
  object["key_path"] = file.key_path;
  object["reason"] = file.refusal.reason;
  object["remedy"] = core::text_or_null(file.refusal.remedy);
  object["needs_hand"] = file.refusal.needs_hand;
  return object;
}

nlohmann::ordered_json json_of(const FoundCall &found, const MigrationReport &report) {
  const core::SourceCall &call = found.call;
  nlohmann::ordered_json object = with_place(found.path, call.position);
  object["kind"] = call.kind;
  object["call"] = call.found;
  object["replacement"] = core::text_or_null(call.replacement);
  object["event"] = core::text_or_null(call.event);
  object["is_defined"] = report.plan.defined_events.count(call.event) > 0;
  object["look_at"] = call.look_at;
  return object;
}

}  // namespace

bool needs_hand(const MigrationReport &report) {
  return has_left(report, true) || !report.scan.calls.empty();
}

void print_report(std::ostream &out, const MigrationReport &report, const Style &style) {
  Headings headings(out, style);
  if (!report.plan.migrated.empty()) {
    headings.print(tense(report, "Metrics rewritten", "Metrics that would be rewritten"));
    print_migrated(out, report, style);
  }
  if (!report.plan.events.empty()) {
    headings.print(tense(report, "Event definitions written", "Event definitions that would be written"));
    for (const core::NewEventFile &event : report.plan.events)
      out << core::printable(event.path) << ": from " << core::printable(event.from) << '\n';
  }
  if (has_left(report, false)) {
    headings.print("Metrics that may stay as they are");
    print_left(out, report, style, false);
  }
  if (has_left(report, true)) {
    headings.print("Metrics that need a hand");
    print_left(out, report, style, true);
  }
  if (!report.scan.calls.empty()) {
    headings.print("Calls to replace");
    print_calls(out, report, style);
  }
  if (!report.undefined_events.empty()) {
    headings.print("Events that no definition has; internal-events generate writes one");
    for (const auto &[event, where] : report.undefined_events)
      out << core::printable(event) << ": " << core::printable(where) << '\n';
  }
  out << std::flush;
}

void print_report_as_json(const MigrationReport &report) {
  nlohmann::ordered_json answer = {{"dry_run", report.is_dry_run},
                                   {"migrated", nlohmann::ordered_json::array()},
                                   {"events", nlohmann::ordered_json::array()},
                                   {"left", nlohmann::ordered_json::array()},
                                   {"calls", nlohmann::ordered_json::array()},
                                   {"undefined_events", nlohmann::ordered_json::array()}};
  for (const core::MigratedFile &file : report.plan.migrated) answer["migrated"].push_back(json_of(file));
  for (const core::NewEventFile &event : report.plan.events) {
    answer["events"].push_back({{"file", event.path}, {"action", event.action}, {"from", event.from}});
  }
  for (const core::LeftFile &file : report.plan.left) answer["left"].push_back(json_of(file));
  for (const FoundCall &found : report.scan.calls) answer["calls"].push_back(json_of(found, report));
  for (const auto &[event, where] : report.undefined_events) answer["undefined_events"].push_back(event);
  if (report.is_dry_run) answer["diff"] = report.diff;
  std::cout << core::json_text(answer, core::indented) << '\n' << std::flush;
}

void print_summary(const MigrationReport &report) {
  const Style style = style_of(Stream::error);
  const auto left =
      static_cast<std::size_t>(std::count_if(report.plan.left.begin(), report.plan.left.end(),
                                             [](const core::LeftFile &file) { return file.refusal.needs_hand; }));
  std::string text = counted(report.plan.migrated.size(), "metric") + tense(report, " rewritten, ", " to rewrite, ") +
                     counted(report.plan.events.size(), "event definition") +
                     tense(report, " written, ", " to write, ") + counted(left, "metric") + " to see to";
  if (report.scan.files > 0) {
    text += ", " + counted(report.scan.calls.size(), "call") + " to replace in " + counted(report.scan.files, "file");
  }
  std::cerr << (needs_hand(report) ? style.yellow(text) : style.green(text)) << '\n';
}

}  // namespace internal_events::cli
