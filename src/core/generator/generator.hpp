// Writes definitions from a few words on what is to be counted; named and laid out as GitLab's generator does.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace internal_events::core {

// What stands for a text that nobody has written yet.
constexpr const char *to_be_written = "TODO";

// Who a definition belongs to, and since when it is there. Empty texts become TODO; section and stage, which GitLab has
// retired, are left out.
struct Ownership {
  std::string section;
  std::string stage;
  std::string group;
  std::vector<std::string> categories;
  std::string milestone;
  std::string introduced_by_url;
  std::vector<std::string> tiers = {"free", "premium", "ultimate"};
};

struct EventRequest {
  std::string name;
  std::string description;
  std::vector<std::string> identifiers;
  std::vector<std::pair<std::string, std::string>> properties;  // name and description
};

// Exact values of properties; of one event, or of all events of a metric where `event` is empty.
struct Filter {
  std::string event;
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
};

struct MetricRequest {
  std::vector<std::string> events;
  std::string unique;     // "user.id", "label" ...; empty: events are counted
  std::string operation;  // "sum(value)", or empty
  std::vector<Filter> filters;
  std::vector<std::string> time_frames;
  bool as_list = false;     // one definition with a list of time frames, not one definition for each
  std::string name;         // in place of the events in the key path
  std::string key_path;     // in place of the whole key path
  std::string file_name;    // in place of what the file is called after its key path
  std::string description;  // empty: one is composed
};

// Where files go: GitLab has a folder of metrics for each time frame.
struct Layout {
  std::string root = "config";
  bool flat = false;  // metrics stand in metrics/ itself
};

struct GeneratedFile {
  std::string path;
  std::string text;
};

// A metric under each key path that it will be reported by.
struct GeneratedMetric {
  GeneratedFile file;
  std::vector<std::string> key_paths;
};

// The order of GitLab's files: 28d, 7d, all; a time frame that there is not comes last.
std::vector<std::string> ordered_time_frames(std::vector<std::string> time_frames);

// What an event of a rule has to look like: a rule for each filter of each event, in the order of the events' names.
nlohmann::ordered_json selection_rules(const MetricRequest &request);

// A sentence on what a metric counts: "Weekly count of unique users from issue_created and issue_closed".
std::string composed_description(const MetricRequest &request, const std::string &time_frame);

GeneratedFile generate_event(const EventRequest &request, const Ownership &ownership, const Layout &layout);
std::vector<GeneratedMetric> generate_metrics(const MetricRequest &request, const Ownership &ownership,
                                              const Layout &layout);

// Reads "label=npm,value=0", or "package_published:label=npm" for one event only. Values of label and property are
// text, others numbers where they look like one; in double quotes anything is text. None: not written so.
std::optional<Filter> parse_filter(std::string_view text);

// Known names that a new one may be meant to be, or that share words with it; the likeliest first.
std::vector<std::string> similar_names(const std::string &wanted, const std::vector<std::string> &known);

}  // namespace internal_events::core
