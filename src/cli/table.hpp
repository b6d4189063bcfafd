// Prints rows with aligned columns, as psql does without its borders.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace internal_events::cli {

// The columns that a text takes on a terminal.
std::size_t display_width(const std::string &text);

// Cuts a text to so many columns, with an ellipsis where something is missing.
std::string cut_to_width(const std::string &text, std::size_t width);

// Breaks a text into lines of so many columns, where there are blanks.
std::vector<std::string> wrapped(const std::string &text, std::size_t width);

// Prints a heading and rows, each column as wide as its widest cell; columns of numbers are aligned to the right.
void print_table(std::ostream &out, const std::vector<std::string> &heading,
                 const std::vector<std::vector<std::string>> &rows);

}  // namespace internal_events::cli
