#include <algorithm>

#include "cli/generate/options.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

// A word as a shell reads it.
std::string shell_word(const std::string &word) {
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_-.,/:=@%+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + '\'';
}

std::string by_commas(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

std::string command_line(const GenerateOptions &options) {
  std::string text = "internal-events generate";
  const auto add = [&](const std::string &name, const std::string &value) {
    if (!value.empty()) text += ' ' + name + ' ' + shell_word(value);
  };
  const auto add_if_given = [&](const std::string &name, const std::optional<std::string> &value) {
    if (value) text += ' ' + name + ' ' + shell_word(*value);
  };
  const GenerateOptions defaults;
  add("--event", by_commas(options.events));
  add("--description", options.description);
  add("--identifiers", by_commas(options.identifiers));
  add_if_given("--label", options.label);
  add_if_given("--property", options.property);
  add_if_given("--value", options.value);
  for (const std::string &custom : options.custom) add("--custom", custom);
  add("--time-frames", by_commas(options.time_frames));
  add("--unique", options.unique);
  if (options.sum) text += " --sum";
  add("--operator", options.operation);
  for (const std::string &filter : options.filters) add("--filter", filter);
  if (options.as_list) text += " --array";
  add("--name", options.name);
  add("--key-path", options.key_path);
  add("--file", options.file_name);
  add("--metric-description", options.metric_description);
  add("--group", options.ownership.group);
  add("--categories", by_commas(options.ownership.categories));
  add("--stage", options.ownership.stage);
  add("--section", options.ownership.section);
  add("--milestone", options.ownership.milestone);
  add("--mr", options.ownership.introduced_by_url);
  if (options.ownership.tiers != defaults.ownership.tiers) add("--tiers", by_commas(options.ownership.tiers));
  if (options.layout.root != defaults.layout.root) add("--root", options.layout.root);
  if (options.layout.flat) text += " --flat";
  for (const std::string &known : options.known) add("--known", known);
  // What a database knows decides which events are new.
  add_if_given("--dbname", options.dbname);
  if (options.force) text += " --force";
  return text;
}

}  // namespace internal_events::cli
