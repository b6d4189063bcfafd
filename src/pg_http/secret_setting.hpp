#pragma once

#include <string>

namespace internal_events::pg {

// A setting internal_events.<name>, whoever asks; for what must not reach the caller.
std::string secret_setting(const char *name);

}  // namespace internal_events::pg
