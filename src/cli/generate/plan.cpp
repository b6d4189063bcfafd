#include "cli/generate/plan.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/failure.hpp"
#include "cli/generate/requests.hpp"
#include "cli/problem_report.hpp"
#include "core/definitions/definition_files.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

// The one event that is to be defined; none where all are defined already.
std::string new_event(const GenerateOptions &options, const KnownDefinitions &known) {
  std::vector<std::string> unknown;
  for (const std::string &event : options.events) {
    if (!known.events.contains(event) && !core::contains(unknown, event)) unknown.push_back(event);
  }
  if (unknown.size() > 1) {
    throw Failure("more than one of the events is new: " + core::joined(unknown),
                  "Define each in a call of its own, then the metric on all of them.");
  }
  if (unknown.empty() && options.force && describes_event(options) && options.events.size() == 1) {
    return options.events.front();
  }
  return unknown.empty() ? "" : unknown.front();
}

// Refuses a call that would leave out something that was said.
void check_something_to_do(const GenerateOptions &options, const KnownDefinitions &known, const std::string &event) {
  if (!event.empty()) return;
  const std::string &first = options.events.front();
  const std::string exists =
      "the event " + core::in_quotes(first) + " exists already, in " + known.events.at(first).place;
  if (describes_event(options)) {
    throw Failure(exists, "Leave out what describes an event, or let --force write its definition anew.");
  }
  if (options.time_frames.empty()) {
    throw Failure(exists, "Name --time-frames to write metrics on it, or another --event.", Exit::usage);
  }
}

void check_event_name(const std::string &event) {
  if (is_generated_name(event)) return;
  throw Failure("--event: " + core::in_quotes(event) + " is not a name of lower-case letters, digits and _",
                "Write it as in project_created.", Exit::usage);
}

void note_similar(Plan &plan, const std::string &event, const KnownDefinitions &known) {
  core::NearestWord nearest(event);
  for (const auto &[name, existing] : known.events) nearest.consider(name);
  if (!nearest.suggestion().empty()) {
    plan.notes.push_back("the event " + core::in_quotes(event) + " is new" + nearest.suggestion());
  }
}

void add_file(Plan &plan, const core::GeneratedFile &file, const GenerateOptions &options) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(file.path, error);
  if (!fs::status_known(status)) {
    throw Failure("cannot read " + file.path + ": " + error.message(), "Name another folder by --root.");
  }
  const bool exists = fs::exists(status);
  if (exists && !options.force) {
    throw Failure(file.path + " exists already", "Choose another --name, or let --force overwrite it.");
  }
  if (fs::path(file.path).filename().string().size() > 255) {
    throw Failure("the name of the file is too long: " + file.path, "Give the metric a shorter --name.");
  }
  std::optional<std::string> old_text;
  if (exists) old_text = core::read_definition_file(file.path).text;
  if (exists && !old_text) {
    throw Failure("cannot overwrite " + file.path + ": it " + core::unreadable_file, "Remove it first.");
  }
  plan.files.push_back({file.path, file.text, std::move(old_text)});
}

// The identifiers that an event carries.
std::vector<std::string> identifiers_of(const std::string &event, const core::EventRequest &request,
                                        const KnownDefinitions &known) {
  return event == request.name ? request.identifiers : known.events.at(event).identifiers;
}

std::vector<std::string> properties_of(const std::string &event, const core::EventRequest &request,
                                       const KnownDefinitions &known) {
  if (event != request.name) return known.events.at(event).properties;
  std::vector<std::string> names;
  for (const auto &[name, description] : request.properties) names.push_back(name);
  return names;
}

// Warns of events that will not be counted, because they do not carry the identifier.
void note_identifiers(Plan &plan, const GenerateOptions &options, const core::EventRequest &request,
                      const KnownDefinitions &known) {
  if (!options.unique.ends_with(".id")) return;
  const std::string identifier = options.unique.substr(0, options.unique.size() - 3);
  const std::string lack = " do not have " + identifier + ": events without it add nothing to " + options.unique;
  for (const std::string &event : options.events) {
    if (core::contains(identifiers_of(event, request, known), identifier)) continue;
    std::string note = "the identifiers of ";
    plan.notes.push_back(note.append(event).append(lack));
  }
}

void note_unwritten(Plan &plan) {
  const auto is_unwritten = [](const FileToWrite &file) {
    return file.text.find(std::string(": ") + core::to_be_written + '\n') != std::string::npos;
  };
  if (std::any_of(plan.files.begin(), plan.files.end(), is_unwritten)) {
    plan.notes.emplace_back("what was not given is TODO in the files: write it there, or run again with the options");
  }
}

void add_examples(Plan &plan, const GenerateOptions &options, const core::EventRequest &request,
                  const KnownDefinitions &known) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  if (!plan.metrics.empty()) rules = plan.metrics.front().rules;
  std::vector<std::string> seen;
  for (const std::string &event : options.events) {
    if (core::contains(seen, event)) continue;
    seen.push_back(event);
    plan.examples.push_back(core::tracking_example(event, identifiers_of(event, request, known),
                                                   properties_of(event, request, known), rules));
  }
}

// Whether a file that exists is one of those that will be replaced.
bool is_replaced(const Plan &plan, const std::string &path) {
  return std::any_of(plan.files.begin(), plan.files.end(), [&](const FileToWrite &file) {
    return file.old_text && fs::weakly_canonical(file.path) == fs::weakly_canonical(path);
  });
}

// What is wrong with the new files, and with files that were right without them.
std::vector<core::CheckedFile> new_problems(const Plan &plan, const KnownDefinitions &known) {
  std::vector<core::DefinitionText> texts;
  for (const core::DefinitionText &file : known.files) {
    if (!is_replaced(plan, file.path)) texts.push_back(file);
  }
  std::vector<std::string> planned;
  for (const FileToWrite &file : plan.files) {
    planned.push_back(file.path);
    texts.push_back({file.path, file.text});
  }
  std::vector<core::CheckedFile> checked =
      core::check_definitions(std::move(texts), known.in_database, {.strict = true});
  std::erase_if(checked, [&](const core::CheckedFile &file) {
    if (file.is_known) return true;
    if (core::contains(planned, file.path)) return file.problems.empty();
    return known.faulty.contains(file.path) || !core::has_error(file.problems);
  });
  return checked;
}

// Refuses files that would not load, or would keep others from loading; warnings become notes.
void check_together(Plan &plan, const KnownDefinitions &known, const GenerateOptions &options) {
  const std::vector<core::CheckedFile> checked = new_problems(plan, known);
  const bool is_refused = std::any_of(checked.begin(), checked.end(),
                                      [](const core::CheckedFile &file) { return core::has_error(file.problems); });
  if (is_refused) {
    report_problems(checked, options.json ? "json" : "text");
    throw Failure("the definitions would not be valid; nothing is written",
                  "Mend what is said above, and run it again.");
  }
  for (const core::CheckedFile &file : checked) {
    for (const core::Problem &problem : file.problems) {
      plan.notes.push_back(file.path + ": " + problem.key + ": " + problem.message);
    }
  }
}

}  // namespace

Plan make_plan(const CheckedOptions &checked, const KnownDefinitions &known) {
  const GenerateOptions &options = checked.get();
  Plan plan;
  const std::string event = new_event(options, known);
  check_something_to_do(options, known, event);
  const core::EventRequest request = event_request(options, event);
  if (!event.empty()) {
    check_event_name(event);
    if (!known.events.contains(event)) note_similar(plan, event, known);
    add_file(plan, core::generate_event(request, options.ownership, options.layout), options);
  }
  const core::MetricRequest metric = metric_request(options);
  if (!options.time_frames.empty()) {
    for (const core::GeneratedMetric &one : core::generate_metrics(metric, options.ownership, options.layout)) {
      add_file(plan, one.file, options);
      plan.metrics.push_back({core::selection_rules(metric), one.key_paths});
    }
    note_identifiers(plan, options, request, known);
  }
  note_unwritten(plan);
  add_examples(plan, options, request, known);
  check_together(plan, known, options);
  return plan;
}

}  // namespace internal_events::cli
