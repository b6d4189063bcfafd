#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/definitions/definition.hpp"

namespace internal_events::core {

// The whole text of a file.
std::string file_text(const std::filesystem::path &path);

// The .yml files below a folder, sorted by path.
std::vector<std::filesystem::path> yaml_files_below(const std::filesystem::path &folder);

// One problem on one line: "error 3 events[0].name: ...".
std::string to_text(const Problem &problem);

// All of them, a line each; for messages of failed tests and for matchers.
std::vector<std::string> to_texts(const Problems &problems);

// A valid metric file whose lines are known, with further lines after the first seven:
// 1 key_path, 2 description, 3 value_type, 4 status, 5 time_frame, 6 data_source, 7 ...
std::string metric_yaml(const std::string &more, const std::string &time_frame = "28d",
                        const std::string &data_source = "internal_events",
                        const std::string &key_path = "counts.issues");

// A valid event file: 1 action, 2 description, 3 ...
std::string event_yaml(const std::string &more);

// What kind of definition a text is taken for, if any.
std::optional<Kind> kind_of(const std::string &yaml);

// A catalog that knows issue_created (label, value, source_id), issue_closed (nothing) and old_event (removed).
Catalog sample_catalog();

}  // namespace internal_events::core
