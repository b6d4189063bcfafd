#include "cli/common_options.hpp"
#include "cli/generate/options.hpp"

namespace internal_events::cli {
namespace {

void add_event_options(Command command, GenerateOptions &options) {
  command
      .add_list("--event", options.events,
                "The event's name, such as project_created; several, of which one may be new: a metric on all of them")
      .type("NAME");
  const std::string group = "Event";
  const auto add_text = [&](const std::string &name, auto &value, const std::string &text) {
    command.add_option(name, value, text).type("TEXT").group(group);
  };
  add_text("--description", options.description, "When the new event happens");
  command
      .add_list("--identifiers", options.identifiers,
                "What goes with it: project,namespace,user if left out; feature_enabled_by_namespace_ids; none")
      .group(group);
  add_text("--label", options.label, "Declare the property label: what it holds");
  add_text("--property", options.property, "Declare the property property: what it holds");
  add_text("--value", options.value, "Declare the property value, a number: what it holds");
  command.add_repeated("--custom", options.custom, "Declare a property of your own; may be repeated")
      .type("NAME:TEXT")
      .group(group);
}

void add_metric_options(Command command, GenerateOptions &options) {
  const std::string group = "Metrics";
  command.add_list("--time-frames", options.time_frames, "7d, 28d, all; without it, the event alone is written")
      .one_of({"7d", "28d", "all"})
      .group(group);
  command.add_option("--unique", options.unique, "Count once: user.id, project.id, namespace.id, or a property")
      .type("WHAT")
      .group(group);
  Option operation = command.add_option("--operator", options.operation, "What to do other than to count")
                         .one_of({sum_of_value})
                         .group(group);
  command.add_flag("--sum", options.sum, "The same as --operator 'sum(value)'").excludes(operation).group(group);
  command
      .add_repeated("--filter", options.filters,
                    "Only events with these values: label=npm,value=0, or event:label=npm; repeated: one or the other")
      .type("RULE")
      .group(group);
  Option list = command.add_flag("--array", options.as_list, "One definition with a list of time frames");
  list.group(group);
  command.add_flag("--separate", options.is_separate, "One definition for each time frame; the default")
      .excludes(list)
      .group(group);
  const auto add_text = [&](const std::string &name, std::string &value, const std::string &type,
                            const std::string &text) { command.add_option(name, value, text).type(type).group(group); };
  add_text("--name", options.name, "NAME", "In place of the events in the key path; required with --filter");
  add_text("--key-path", options.key_path, "PATH", "In place of the whole key path");
  add_text("--file", options.file_name, "NAME", "In place of the key path's last name in the file's name");
  add_text("--metric-description", options.metric_description, "TEXT", "What the metric says; composed if left out");
}

void add_common_options(Command command, GenerateOptions &options) {
  const std::string group = "Event and metrics";
  const auto add_text = [&](const std::string &name, std::string &value, const std::string &type,
                            const std::string &text) { command.add_option(name, value, text).type(type).group(group); };
  core::Ownership &ownership = options.ownership;
  add_text("--group", ownership.group, "NAME", "product_group");
  command.add_list("--categories", ownership.categories, "product_categories").group(group);
  add_text("--stage", ownership.stage, "NAME", "product_stage, which GitLab has retired");
  add_text("--section", ownership.section, "NAME", "product_section, which GitLab has retired");
  add_text("--milestone", ownership.milestone, "VERSION", "milestone");
  add_text("--mr", ownership.introduced_by_url, "URL", "introduced_by_url");
  command.add_list("--tiers", ownership.tiers, "tiers: free,premium,ultimate if left out").group(group);
}

void add_file_options(Command command, GenerateOptions &options) {
  const std::string group = "Files";
  command.add_option("--root", options.layout.root, "The folder of events/ and metrics/")
      .shows_default()
      .type("DIR")
      .group(group);
  command.add_flag("--flat", options.layout.flat, "Metrics stand in metrics/, not in metrics/counts_7d/ and the like")
      .group(group);
  command.add_repeated("--known", options.known, "More files or folders of definitions that exist")
      .type("PATH")
      .group(group);
  command.add_flag("--force", options.force, "Overwrite files").group(group);
  command.add_flag("--dry-run", options.dry_run, "Print the files and write nothing").group(group);
  command.add_flag("--quiet", options.quiet, "Print no lines to paste").group(group);
}

}  // namespace

void add_generate_options(Command command, GenerateOptions &options) {
  add_event_options(command, options);
  add_metric_options(command, options);
  add_common_options(command, options);
  add_file_options(command, options);
  add_dbname(command, options.dbname, "A database whose definitions exist too");
  add_json(command, options.json);
}

}  // namespace internal_events::cli
