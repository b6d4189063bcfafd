// Text of others on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace internal_events::core {

// Whether bytes that are no ASCII may reach the terminal.
enum class Charset { ascii, utf8 };

// A text as a terminal may be given it: on one line, with what a terminal would obey (control characters, marks that
// turn the direction of writing, broken UTF-8) written as \n, \x1b or \u202e.
std::string printable(std::string_view text, Charset charset = Charset::utf8);

}  // namespace internal_events::core
