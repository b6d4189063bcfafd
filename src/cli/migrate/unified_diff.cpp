#include "cli/migrate/unified_diff.hpp"

#include <dtl/dtl.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace internal_events::cli {
namespace {

namespace fs = std::filesystem;

// The lines of a text, each with its end, so that a missing last one is a difference too.
std::vector<std::string> lines_of(const std::string &text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::size_t next = end == std::string::npos ? text.size() : end + 1;
    lines.push_back(text.substr(begin, next - begin));
    begin = next;
  }
  return lines;
}

// A line of a hunk.
std::string marked(char mark, const std::string &line) {
  const bool has_end = line.ends_with('\n');
  return mark + (has_end ? line.substr(0, line.size() - 1) : line + "\n\\ No newline at end of file");
}

// The path as it is seen from the current folder, or, where it is not below that, from the root: patch refuses others.
std::string path_in_patch(const std::string &path) {
  const fs::path absolute = fs::absolute(path).lexically_normal();
  const fs::path relative = absolute.lexically_relative(fs::current_path());
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : absolute.relative_path()).string();
}

// The range of a hunk: its first line, and how many; the line before it where there are none.
std::string range(long long begin, long long count) {
  return std::to_string(count == 0 ? begin - 1 : begin) + ',' + std::to_string(count);
}

}  // namespace

std::string unified_diff(const std::string &path, const std::string *before, const std::string &after,
                         const Style &style) {
  using Line = std::pair<std::string, dtl::elemInfo>;
  dtl::Diff<std::string> diff(lines_of(before == nullptr ? "" : *before), lines_of(after));
  diff.onHuge();
  diff.compose();
  diff.composeUnifiedHunks();
  const std::string name = path_in_patch(path);
  std::string text =
      style.bold(before == nullptr ? "--- /dev/null" : "--- a/" + name) + '\n' + style.bold("+++ b/" + name) + '\n';
  const auto append = [&](const std::vector<Line> &lines) {
    for (const auto &[line, info] : lines) {
      if (info.type == dtl::SES_ADD)
        text += style.green(marked('+', line)) + '\n';
      else if (info.type == dtl::SES_DELETE)
        text += style.red(marked('-', line)) + '\n';
      else
        text += marked(' ', line) + '\n';
    }
  };
  for (const auto &hunk : diff.getUniHunks()) {
    text += style.dim("@@ -" + range(hunk.a, hunk.b) + " +" + range(hunk.c, hunk.d) + " @@") + '\n';
    append(hunk.common[0]);
    append(hunk.change);
    append(hunk.common[1]);
  }
  return text;
}

}  // namespace internal_events::cli
