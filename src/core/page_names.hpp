#pragma once

#include <set>
#include <string>
#include <string_view>

namespace internal_events::core {

// Gives things file names for their pages: safe on every file system and in a URL, different even where case is
// ignored, and the same whenever a thing is named again.
class PageNames {
 public:
  std::string take(std::string_view name);

 private:
  std::set<std::string> taken_;
};

}  // namespace internal_events::core
