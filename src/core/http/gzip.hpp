#pragma once

#include <string>
#include <string_view>

namespace internal_events::core {

// Compresses a text; the result is one gzip member (RFC 1952).
std::string gzip(std::string_view text);

}  // namespace internal_events::core
