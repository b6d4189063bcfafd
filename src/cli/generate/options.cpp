#include "cli/generate/options.hpp"

#include <algorithm>
#include <map>

#include "cli/command.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

constexpr const char *no_identifiers = "none";
constexpr const char *sum_of_value = "sum(value)";

// An option that takes several values, by commas or by being repeated.
template <typename Values>
CLI::Option *add_list(CLI::App *command, const std::string &names, Values &values, const std::string &text) {
  return command->add_option(names, values, text)->delimiter(',')->allow_extra_args(false)->type_name("LIST");
}

// An option that may be repeated and whose values may hold commas.
CLI::Option *add_repeated(CLI::App *command, const std::string &names, std::vector<std::string> &values,
                          const std::string &text) {
  return command->add_option(names, values, text)->allow_extra_args(false);
}

void add_event_options(CLI::App *command, GenerateOptions &options) {
  add_list(command, "--event", options.events,
           "The event's name, such as project_created; several, of which one may be new: a metric on all of them")
      ->type_name("NAME");
  const std::string group = "Event";
  const auto add_text = [&](const std::string &name, auto &value, const std::string &text) {
    command->add_option(name, value, text)->type_name("TEXT")->group(group);
  };
  add_text("--description", options.description, "When the new event happens");
  add_list(command, "--identifiers", options.identifiers,
           "What goes with it: project,namespace,user if left out; feature_enabled_by_namespace_ids; none")
      ->group(group);
  add_text("--label", options.label, "Declare the property label: what it holds");
  add_text("--property", options.property, "Declare the property property: what it holds");
  add_text("--value", options.value, "Declare the property value, a number: what it holds");
  add_repeated(command, "--custom", options.custom, "Declare a property of your own; may be repeated")
      ->type_name("NAME:TEXT")
      ->group(group);
}

void add_metric_options(CLI::App *command, GenerateOptions &options) {
  const std::string group = "Metrics";
  add_list(command, "--time-frames", options.time_frames, "7d, 28d, all; without it, the event alone is written")
      ->check(CLI::IsMember({"7d", "28d", "all"}))
      ->group(group);
  command->add_option("--unique", options.unique, "Count once: user.id, project.id, namespace.id, or a property")
      ->type_name("WHAT")
      ->group(group);
  CLI::Option *operation = command->add_option("--operator", options.operation, "What to do other than to count")
                               ->check(CLI::IsMember({sum_of_value}))
                               ->group(group);
  command->add_flag("--sum", options.sum, "The same as --operator 'sum(value)'")->excludes(operation)->group(group);
  add_repeated(command, "--filter", options.filters,
               "Only events with these values: label=npm,value=0, or event:label=npm; repeated: one or the other")
      ->type_name("RULE")
      ->group(group);
  CLI::Option *list = command->add_flag("--array", options.as_list, "One definition with a list of time frames");
  list->group(group);
  command->add_flag("--separate", options.is_separate, "One definition for each time frame; the default")
      ->excludes(list)
      ->group(group);
  const auto add_text = [&](const std::string &name, std::string &value, const std::string &type,
                            const std::string &text) {
    command->add_option(name, value, text)->type_name(type)->group(group);
  };
  add_text("--name", options.name, "NAME", "In place of the events in the key path; required with --filter");
  add_text("--key-path", options.key_path, "PATH", "In place of the whole key path");
  add_text("--file", options.file_name, "NAME", "In place of the key path's last name in the file's name");
  add_text("--metric-description", options.metric_description, "TEXT", "What the metric says; composed if left out");
}

void add_common_options(CLI::App *command, GenerateOptions &options) {
  const std::string group = "Event and metrics";
  const auto add_text = [&](const std::string &name, std::string &value, const std::string &type,
                            const std::string &text) {
    command->add_option(name, value, text)->type_name(type)->group(group);
  };
  core::Ownership &ownership = options.ownership;
  add_text("--group", ownership.group, "NAME", "product_group");
  add_list(command, "--categories", ownership.categories, "product_categories")->group(group);
  add_text("--stage", ownership.stage, "NAME", "product_stage, which GitLab has retired");
  add_text("--section", ownership.section, "NAME", "product_section, which GitLab has retired");
  add_text("--milestone", ownership.milestone, "VERSION", "milestone");
  add_text("--mr", ownership.introduced_by_url, "URL", "introduced_by_url");
  add_list(command, "--tiers", ownership.tiers, "tiers: free,premium,ultimate if left out")->group(group);
}

void add_file_options(CLI::App *command, GenerateOptions &options) {
  const std::string group = "Files";
  command->add_option("--root", options.layout.root, "The folder of events/ and metrics/")
      ->capture_default_str()
      ->type_name("DIR")
      ->group(group);
  command->add_flag("--flat", options.layout.flat, "Metrics stand in metrics/, not in metrics/counts_7d/ and the like")
      ->group(group);
  add_repeated(command, "--known", options.known, "More files or folders of definitions that exist")
      ->type_name("PATH")
      ->group(group);
  command->add_flag("--force", options.force, "Overwrite files")->group(group);
  command->add_flag("--dry-run", options.dry_run, "Print the files and write nothing")->group(group);
  command->add_flag("--quiet", options.quiet, "Print no lines to paste")->group(group);
}

// The properties that a new event declares: name and description.
std::vector<std::pair<std::string, std::string>> declared_properties(const GenerateOptions &options) {
  std::vector<std::pair<std::string, std::string>> properties;
  if (options.label) properties.emplace_back("label", *options.label);
  if (options.property) properties.emplace_back("property", *options.property);
  if (options.value) properties.emplace_back("value", *options.value);
  for (const std::string &custom : options.custom) {
    const std::size_t colon = std::min(custom.find(':'), custom.size());
    const std::size_t begin = custom.find_first_not_of(' ', std::min(colon + 1, custom.size()));
    properties.emplace_back(custom.substr(0, colon), begin == std::string::npos ? "" : custom.substr(begin));
  }
  return properties;
}

bool describes_metric(const GenerateOptions &options) {
  return options.sum || options.as_list || !options.filters.empty() ||
         !(options.unique + options.operation + options.name + options.key_path + options.file_name +
           options.metric_description)
              .empty();
}

void check_missing(const GenerateOptions &options) {
  std::vector<std::string> missing;
  if (options.events.empty()) missing.emplace_back("--event NAME");
  if (options.time_frames.empty() && describes_metric(options)) missing.emplace_back("--time-frames 7d,28d");
  if (!options.filters.empty() && (options.name + options.key_path).empty()) missing.emplace_back("--name NAME");
  if (missing.empty()) return;
  throw Failure("options are missing: " + core::joined(missing),
                "Give them, or run internal-events generate without options on a terminal, where it asks.",
                Exit::usage);
}

void check_name(const std::string &option, const std::string &name) {
  if (name.empty() || is_generated_name(name)) return;
  throw Failure(option + ": " + core::in_quotes(name) + " is not a name of lower-case letters, digits and _",
                "Write it as in project_created.", Exit::usage);
}

void check_filters(const GenerateOptions &options) {
  for (const std::string &text : options.filters) {
    const std::optional<core::Filter> filter = core::parse_filter(text);
    if (!filter) {
      throw Failure("--filter: " + core::in_quotes(text) + " is not written as label=npm,value=0",
                    "Name each property once, as PROPERTY=VALUE; put a value with commas into double quotes.",
                    Exit::usage);
    }
    if (!filter->event.empty() && !core::contains(options.events, filter->event)) {
      throw Failure("--filter: " + core::in_quotes(filter->event) + " is not one of the events",
                    "Name it by --event too.", Exit::usage);
    }
  }
}

void check_custom(const GenerateOptions &options) {
  std::vector<std::string> seen;
  for (const auto &[name, description] : declared_properties(options)) {
    if (name.empty() || core::contains(seen, name)) {
      throw Failure("--custom: " + (name.empty() ? "a name is missing" : core::in_quotes(name) + " is declared twice"),
                    "Write NAME:DESCRIPTION.", Exit::usage);
    }
    seen.push_back(name);
  }
}

}  // namespace

void add_generate_options(CLI::App *command, GenerateOptions &options) {
  add_event_options(command, options);
  add_metric_options(command, options);
  add_common_options(command, options);
  add_file_options(command, options);
  add_dbname(command, options.dbname, "A database whose definitions exist too");
  add_json(command, options.json);
}

void check_options(const GenerateOptions &options) {
  check_missing(options);
  if (core::contains(options.events, ""))
    throw Failure("--event: a name is empty", "Write it as in project_created.", Exit::usage);
  if (options.layout.root.empty())
    throw Failure("--root: the folder's name is empty", "Name the folder of events/ and metrics/, or . for this one.",
                  Exit::usage);
  if (!options.unique.empty() && (options.sum || !options.operation.empty())) {
    throw Failure("--unique and a sum exclude each other", "Write two metrics, by two calls.", Exit::usage);
  }
  check_name("--name", options.name);
  if (options.file_name.find_first_of("/\\") != std::string::npos) {
    throw Failure("--file is a name, without folders", "The folder is chosen by --root.", Exit::usage);
  }
  check_filters(options);
  check_custom(options);
}

bool describes_event(const GenerateOptions &options) {
  return !options.description.empty() || !options.identifiers.empty() || !declared_properties(options).empty();
}

core::EventRequest event_request(const GenerateOptions &options, const std::string &name) {
  std::vector<std::string> identifiers = options.identifiers;
  if (identifiers.empty()) identifiers = {"project", "namespace", "user"};
  if (identifiers == std::vector<std::string>{no_identifiers}) identifiers.clear();
  return {name, options.description, identifiers, declared_properties(options)};
}

core::MetricRequest metric_request(const GenerateOptions &options) {
  core::MetricRequest request{.events = options.events,
                              .unique = options.unique,
                              .operation = options.sum ? sum_of_value : options.operation,
                              .filters = {},
                              .time_frames = options.time_frames,
                              .as_list = options.as_list,
                              .name = options.name,
                              .key_path = options.key_path,
                              .file_name = options.file_name,
                              .description = options.metric_description};
  for (const std::string &filter : options.filters) request.filters.push_back(*core::parse_filter(filter));
  return request;
}

bool is_generated_name(const std::string &name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace internal_events::cli
