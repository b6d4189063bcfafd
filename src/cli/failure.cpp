#include "cli/failure.hpp"

#include <iostream>
#include <sstream>

#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

// A message of one line or several, which may quote names and bytes of others.
std::string printable_lines(const std::string &text) {
  std::istringstream lines(text);
  std::string shown;
  for (std::string line; std::getline(lines, line);) shown += (shown.empty() ? "" : "\n") + core::printable(line);
  return shown;
}

}  // namespace

void show(const Failure &failure) {
  const Style style = style_of(Stream::error);
  std::cerr << style.red("internal-events: ") << printable_lines(failure.what()) << '\n';
  if (!failure.remedy.empty()) std::cerr << style.bold("Remedy: ") << printable_lines(failure.remedy) << '\n';
}

}  // namespace internal_events::cli
