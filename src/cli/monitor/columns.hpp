// Tables that fit into a width: what is too long is cut, what matters least is left out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace internal_events::cli::monitor {

enum class Mark { plain, strong, faint, rising, warning, title };

// A piece of a line that looks the same throughout.
struct Span {
  std::string text;
  Mark mark = Mark::plain;
};

using Line = std::vector<Span>;

struct Column {
  std::string heading;
  std::vector<Span> cells;
  std::size_t narrowest;   // what it may be cut to, in columns of the terminal
  int rank = 0;            // the highest is left out first, where it is narrow; 0: never
  bool is_number = false;  // aligned to the right
  bool is_extra = false;   // left out before any other is cut
};

// The heading, and a line for each cell of the columns, all of which have equally many.
std::vector<Line> table(std::vector<Column> columns, std::size_t width);

}  // namespace internal_events::cli::monitor
