#include "cli/monitor/columns.hpp"

#include <algorithm>
#include <numeric>

#include "cli/table.hpp"

namespace internal_events::cli::monitor {
namespace {

constexpr std::size_t margin = 1;
constexpr std::size_t gap = 2;

std::vector<std::size_t> full_widths(const std::vector<Column> &columns) {
  std::vector<std::size_t> widths;
  for (const Column &column : columns) {
    widths.push_back(display_width(column.heading));
    for (const Span &cell : column.cells) widths.back() = std::max(widths.back(), display_width(cell.text));
  }
  return widths;
}

std::size_t total(const std::vector<std::size_t> &widths) {
  return std::accumulate(widths.begin(), widths.end(), margin + gap * (widths.size() - 1));
}

// The widths of columns, cut as far as they may be and have to be, the widest first.
std::vector<std::size_t> fitting_widths(const std::vector<Column> &columns, std::size_t width) {
  std::vector<std::size_t> widths = full_widths(columns);
  while (total(widths) > width) {
    std::size_t *widest = nullptr;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (widths[c] > columns[c].narrowest && (widest == nullptr || widths[c] > *widest)) widest = &widths[c];
    }
    if (widest == nullptr) break;
    --*widest;
  }
  return widths;
}

// A text in a column: cut or filled up to its width.
std::string fitted(const std::string &text, std::size_t width, bool is_number) {
  const std::string shown = cut_to_width(text, width);
  const std::size_t taken = std::min(display_width(shown), width);
  const std::string blanks(width - taken, ' ');
  return is_number ? blanks + shown : shown + blanks;
}

}  // namespace

std::vector<Line> table(std::vector<Column> columns, std::size_t width) {
  if (total(full_widths(columns)) > width) {
    std::erase_if(columns, [](const Column &column) { return column.is_extra; });
  }
  std::vector<std::size_t> widths = fitting_widths(columns, width);
  while (total(widths) > width) {
    const auto least = std::max_element(columns.begin(), columns.end(),
                                        [](const Column &a, const Column &b) { return a.rank < b.rank; });
    if (least->rank == 0) break;
    columns.erase(least);
    widths = fitting_widths(columns, width);
  }
  std::vector<Line> lines(1 + columns.front().cells.size());
  for (Line &line : lines) line.push_back({std::string(margin, ' ')});
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string between(c + 1 < columns.size() ? gap : 0, ' ');
    const bool is_number = columns[c].is_number;
    lines[0].push_back({fitted(columns[c].heading, widths[c], is_number) + between, Mark::faint});
    for (std::size_t r = 0; r < columns[c].cells.size(); ++r) {
      const Span &cell = columns[c].cells[r];
      lines[r + 1].push_back({fitted(cell.text, widths[c], is_number) + between, cell.mark});
    }
  }
  return lines;
}

}  // namespace internal_events::cli::monitor
