// Builds the Service Ping of the week.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/delivery/session.hpp"

namespace internal_events::core {

struct BuiltPing {
  std::optional<std::string> id;  // none: building is off
  bool is_new = false;            // it was built, or finished, by this call
};

// What is told before each step, with the ping's id.
using BuildProgress = std::function<void(const std::string &ping)>;

// Measures step by step, and puts the ping together; where the week has its ping, only finds that. force: another one.
//
// An error of SQL fails the ping, as the next build would meet it again. A cancel, a stop, a lost session and whatever
// else goes wrong is no error of the ping: it is left to whoever builds on.
BuiltPing build_service_ping(Session &session, bool force, const BuildProgress &progress);

}  // namespace internal_events::core
