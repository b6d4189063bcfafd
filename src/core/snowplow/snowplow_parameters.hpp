// The parameters of Snowplow's tracker protocol: which there are, and what their values look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace internal_events::core {

// What is wrong with one parameter of an event, if anything: a key that payload_data 1-0-4 does not have, or a value
// that no collector's pipeline takes. Embedded JSON is looked at by embedded_json_fault().
std::optional<std::string> parameter_fault(std::string_view key, const std::string &value);

// Whether a text is a UUID in its canonical form, of any version.
bool is_uuid(std::string_view text);

}  // namespace internal_events::core
