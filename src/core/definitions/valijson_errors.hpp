// How valijson says what is wrong with a document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace internal_events::core {

// The part of a document that valijson's path, "<root>" "[events]" "[1]", leads to.
nlohmann::json::json_pointer pointer_to(const std::vector<std::string> &context);

// Whether a sentence of valijson only repeats, one level up, what was said just before of a part of the value.
bool repeats_part(const std::string &sentence);

}  // namespace internal_events::core
