// Files that are part of the program: templates, styles and scripts of the dictionary.
#pragma once

#include <string_view>

namespace internal_events::cli {

// The content of a file that CMakeLists.txt builds in, by its name without folders.
std::string_view embedded_file(std::string_view name);

}  // namespace internal_events::cli
