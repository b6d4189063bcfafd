// The pages of a dictionary, as HTML.
#pragma once

#include <string>

#include "cli/dictionary/cross_links.hpp"

namespace internal_events::cli::dictionary {

// Fills the templates, which escape all that a definition says.
class Pages {
 public:
  explicit Pages(const Dictionary &dictionary);

  std::string metrics();
  std::string events();
  std::string metric(const Metric &metric);
  std::string event(const Event &event);

 private:
  using Template = kainjow::mustache::mustache;

  PageData page(const std::string &heading, const std::string &root) const;

  const Dictionary &dictionary_;
  CrossLinks links_;
  Template metrics_;
  Template events_;
  Template metric_;
  Template event_;
};

}  // namespace internal_events::cli::dictionary
