#include "cli/generate/choices.hpp"

#include <algorithm>

#include "cli/terminal.hpp"
#include "core/generator/generator.hpp"

namespace internal_events::cli {

std::vector<Choice> identifier_choices() {
  return {{"user, project and namespace", "project,namespace,user"},
          {"user and namespace", "namespace,user"},
          {"user", "user"},
          {"project and namespace", "project,namespace"},
          {"namespace", "namespace"},
          {"user and feature_enabled_by_namespace_ids", "feature_enabled_by_namespace_ids,user"},
          {"none of them", "none"}};
}

std::vector<Choice> time_frame_choices() {
  return {{"weekly and monthly", "7d,28d"},
          {"weekly, monthly and all time", "7d,28d,all"},
          {"weekly", "7d"},
          {"monthly", "28d"},
          {"all time", "all"}};
}

std::vector<Choice> tier_choices() {
  return {{"free, premium and ultimate", "free,premium,ultimate"},
          {"premium and ultimate", "premium,ultimate"},
          {"ultimate", "ultimate"}};
}

std::vector<Choice> similar_choices(const std::string &name, const KnownDefinitions &known) {
  constexpr std::size_t most = 8;
  std::vector<std::string> similar = core::similar_names(name, known.event_names());
  if (similar.empty()) return {};
  similar.resize(std::min(similar.size(), most));
  const Style style = style_of(Stream::error);
  std::vector<Choice> choices = {{"define the new event " + name, name}};
  for (const std::string &event : similar) {
    choices.push_back({event + style.dim("  " + known.events.at(event).description), event});
  }
  return choices;
}

std::vector<Choice> countable_choices(const std::vector<std::string> &identifiers,
                                      const std::vector<std::string> &properties) {
  std::vector<Choice> choices;
  for (const std::string &identifier : identifiers) {
    if (identifier == "feature_enabled_by_namespace_ids") continue;
    choices.push_back({"unique " + identifier + "s", identifier + ".id"});
  }
  choices.push_back({"all events", "total"});
  for (const std::string &property : properties) {
    if (property == "value") choices.push_back({"the sum of value", "sum"});
    choices.push_back({"unique values of " + property, property});
  }
  std::stable_partition(choices.begin(), choices.end(), [](const Choice &one) { return one.value == "user.id"; });
  return choices;
}

}  // namespace internal_events::cli
