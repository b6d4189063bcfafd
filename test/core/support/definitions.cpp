#include "support/definitions.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace internal_events::core {

std::string file_text(const std::filesystem::path &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::filesystem::path> yaml_files_below(const std::filesystem::path &folder) {
  std::vector<std::filesystem::path> files;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string to_text(const Problem &problem) {
  return (problem.severity == Severity::error ? "error " : "warning ") + std::to_string(problem.position.line) + " " +
         problem.key + ": " + problem.message;
}

std::vector<std::string> to_texts(const Problems &problems) {
  std::vector<std::string> texts;
  for (const Problem &problem : problems) texts.push_back(to_text(problem));
  return texts;
}

std::string metric_yaml(const std::string &more, const std::string &time_frame, const std::string &data_source,
                        const std::string &key_path) {
  return "key_path: " + key_path +
         "\ndescription: Issues\nvalue_type: number\nstatus: active\ntime_frame: " + time_frame +
         "\ndata_source: " + data_source + "\n" + more;
}

std::string event_yaml(const std::string &more) {
  return "action: issue_created\ndescription: An issue\n" + more;
}

std::optional<Kind> kind_of(const std::string &yaml) {
  const std::optional<Identity> identity = identify(yaml);
  if (!identity) return std::nullopt;
  return identity->kind;
}

Catalog sample_catalog() {
  Catalog catalog;
  catalog.events["issue_created"] = {false, {"label", "value", "source_id"}};
  catalog.events["issue_closed"] = {false, {}};
  catalog.events["old_event"] = {true, {}};
  return catalog;
}

}  // namespace internal_events::core
