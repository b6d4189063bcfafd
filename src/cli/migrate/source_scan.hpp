// Looks through the source of an application for calls to replace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/migration/source_calls.hpp"

namespace internal_events::cli {

struct FoundCall {
  std::string path;
  core::SourceCall call;
};

struct SourceScan {
  std::size_t files = 0;
  std::vector<FoundCall> calls;
};

// Finds the calls in every file below some folders whose language is known; `languages` names further extensions.
SourceScan scan_source(const std::vector<std::string> &folders, const std::map<std::string, core::Language> &languages,
                       const core::MigrationNames &names);

}  // namespace internal_events::cli
