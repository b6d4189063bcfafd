// What `internal-events generate` is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
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

// The one operator that a metric may have.
constexpr const char *sum_of_value = "sum(value)";

// Adds the options, in groups as --help shows them.
void add_generate_options(Command command, GenerateOptions &options);

// The call that says the same without questions.
std::string command_line(const GenerateOptions &options);

}  // namespace internal_events::cli
