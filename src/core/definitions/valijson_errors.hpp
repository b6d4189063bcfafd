// How valijson says what is wrong with a document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace internal_events::core {

// The part of a document that valijson's path, "<root>" "[events]" "[1]", leads to.
JsonPointer pointer_to(const std::vector<std::string> &context);

// Whether a sentence of valijson only repeats, one level up, what was said just before of a part of the value.
bool repeats_part(const std::string &sentence);

}  // namespace internal_events::core
