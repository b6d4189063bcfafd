// Which pages lead to which.
#pragma once

#include <map>
#include <string>

#include "cli/dictionary/page_data.hpp"

namespace internal_events::cli::dictionary {

// Finds pages by the names that definitions use. What the dictionary does not have is named without a link.
class CrossLinks {
 public:
  explicit CrossLinks(const Dictionary &dictionary);

  // The rules of a metric, with their events.
  PageData rules_of(const Metric &metric) const;

  // The metrics that count an event, with what they count of it.
  PageData metrics_counting(const Event &event) const;

  // The metrics that a metric is made of, those that are made of it, and itself in other time frames.
  PageData components_of(const Metric &metric) const;
  PageData users_of(const Metric &metric) const;
  PageData siblings_of(const Metric &metric) const;

 private:
  const Dictionary &dictionary_;
  std::map<std::string, const Metric *> metrics_;
  std::map<std::string, const Event *> events_;
  std::multimap<std::string, const Metric *> counting_;  // by event
  std::multimap<std::string, const Metric *> using_;     // by component
};

}  // namespace internal_events::cli::dictionary
