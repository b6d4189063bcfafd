#include "cli/generate/requests.hpp"

#include <algorithm>

namespace internal_events::cli {
namespace {

constexpr const char *no_identifiers = "none";

}  // namespace

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

}  // namespace internal_events::cli
