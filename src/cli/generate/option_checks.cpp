#include "cli/generate/option_checks.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "cli/failure.hpp"
#include "cli/generate/requests.hpp"
#include "core/characters.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

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

CheckedOptions::CheckedOptions(GenerateOptions options) : options_(std::move(options)) {
  check_missing(options_);
  if (core::contains(options_.events, ""))
    throw Failure("--event: a name is empty", "Write it as in project_created.", Exit::usage);
  if (options_.layout.root.empty())
    throw Failure("--root: the folder's name is empty", "Name the folder of events/ and metrics/, or . for this one.",
                  Exit::usage);
  if (!options_.unique.empty() && (options_.sum || !options_.operation.empty())) {
    throw Failure("--unique and a sum exclude each other", "Write two metrics, by two calls.", Exit::usage);
  }
  check_name("--name", options_.name);
  if (options_.file_name.find_first_of("/\\") != std::string::npos) {
    throw Failure("--file is a name, without folders", "The folder is chosen by --root.", Exit::usage);
  }
  check_filters(options_);
  check_custom(options_);
}

bool is_generated_name(const std::string &name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return core::is_lowercase(c) || core::is_digit(c) || c == '_'; });
}

}  // namespace internal_events::cli
