#include "core/definitions/key_paths.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

// The time frames that a data source has. Older sources are only listed, so nothing is refused for them.
std::vector<std::string> frames_of_source(const std::string &data_source) {
  if (data_source == "internal_events" || data_source == "redis" || data_source == "redis_hll") {
    return {"7d", "28d", "all"};
  }
  if (data_source == "system") return {"none"};
  return {"7d", "28d", "all", "none"};
}

// Whether a time frame is one at all; the schema reports those that are none, and "none" in a list.
bool is_valid_name(const DefinitionFile &file, const std::string &name) {
  if (name == "none") return !file.value("time_frame").is_array();
  return name == "7d" || name == "28d" || name == "all";
}

// Where a time frame stands in the file.
JsonPointer place_of(const DefinitionFile &file, std::size_t index) {
  const JsonPointer place("/time_frame");
  return file.value("time_frame").is_array() ? place / index : place;
}

// A key path of another metric that leads to, or goes through, a key path.
const std::string *nested_key_path(const std::string &key_path, const std::string &written, const Catalog &catalog) {
  for (std::size_t dot = key_path.find('.'); dot != std::string::npos; dot = key_path.find('.', dot + 1)) {
    const auto above = catalog.key_paths.find(key_path.substr(0, dot));
    if (above != catalog.key_paths.end() && above->second != written) return &above->first;
  }
  const std::string prefix = key_path + ".";
  for (auto below = catalog.key_paths.lower_bound(prefix);
       below != catalog.key_paths.end() && below->first.starts_with(prefix); ++below) {
    if (below->second != written) return &below->first;
  }
  return nullptr;
}

}  // namespace

std::string suffix_of(const std::string &time_frame) {
  if (time_frame == "7d") return "_weekly";
  return time_frame == "28d" ? "_monthly" : "";
}

std::vector<TimeFrame> time_frames_of(const nlohmann::json &metric) {
  const nlohmann::json &key_path = member_of(metric, "key_path");
  const nlohmann::json &written = member_of(metric, "time_frame");
  std::vector<TimeFrame> frames;
  if (!key_path.is_string()) return frames;
  for (const nlohmann::json &name : written) {
    if (!name.is_string()) continue;
    const std::string suffix = written.is_array() ? suffix_of(name.get<std::string>()) : "";
    frames.push_back({name.get<std::string>(), key_path.get<std::string>() + suffix, {}});
  }
  return frames;
}

void check_time_frames(DefinitionFile &file, const std::vector<TimeFrame> &time_frames) {
  const std::string data_source = file.text("data_source");
  const std::vector<std::string> allowed = frames_of_source(data_source);
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < time_frames.size(); ++i) {
    const std::string &name = time_frames[i].name;
    if (contains(seen, name)) file.error(place_of(file, i), in_quotes(name) + " is listed a second time; keep one");
    seen.push_back(name);
    if (is_valid_name(file, name) && !contains(allowed, name)) {
      file.error(place_of(file, i), in_quotes(name) + " is not a time frame that the data source " + data_source +
                                        " has; allowed is one of: " + joined(allowed));
    }
  }
}

void check_key_paths(DefinitionFile &file, const std::vector<TimeFrame> &time_frames, const Catalog &catalog) {
  const JsonPointer place("/key_path");
  const std::string written = file.text("key_path");
  for (const TimeFrame &frame : time_frames) {
    const auto owner = catalog.key_paths.find(frame.key_path);
    if (owner != catalog.key_paths.end() && owner->second != written) {
      file.error(place, in_quotes(frame.key_path) + " exists already: the metric " + in_quotes(owner->second) +
                            " reports it; choose another key path");
    }
    if (const std::string *other = nested_key_path(frame.key_path, written, catalog)) {
      const std::string &shorter = std::min(frame.key_path, *other);
      file.error(place, in_quotes(shorter) + " would have to be a value and an object at once, because " +
                            in_quotes(std::max(frame.key_path, *other)) +
                            " lies below it; choose a key path beside it");
    }
  }
}

}  // namespace internal_events::core
