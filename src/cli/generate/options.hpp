// What `internal-events generate` is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "core/generator/generator.hpp"

namespace internal_events::cli {

struct GenerateOptions {
  std::vector<std::string> events;
  std::vector<std::string> time_frames;
  std::string unique;
  std::string operation;
  bool sum = false;
  std::vector<std::string> filters;
  bool as_list = false;
  bool is_separate = false;  // what is so anyway, said aloud
  std::string name;
  std::string key_path;
  std::string file_name;
  std::string metric_description;

  std::string description;
  std::vector<std::string> identifiers;
  std::optional<std::string> label;
  std::optional<std::string> property;
  std::optional<std::string> value;
  std::vector<std::string> custom;

  core::Ownership ownership;
  core::Layout layout;
  std::vector<std::string> known;
  std::optional<std::string> dbname;
  bool force = false;
  bool dry_run = false;
  bool quiet = false;
  bool json = false;
};

// Adds the options, in groups as --help shows them.
void add_generate_options(CLI::App *command, GenerateOptions &options);

// Refuses options that are missing, contradict each other or are misspelt. Which of the events are new is not known
// yet.
void check_options(const GenerateOptions &options);

// Whether something was said that only a new event's definition can hold.
bool describes_event(const GenerateOptions &options);

core::EventRequest event_request(const GenerateOptions &options, const std::string &name);
core::MetricRequest metric_request(const GenerateOptions &options);

// The call that says the same without questions.
std::string command_line(const GenerateOptions &options);

// Whether a name may be that of a new event or part of a key path, as GitLab writes them.
bool is_generated_name(const std::string &name);

}  // namespace internal_events::cli
