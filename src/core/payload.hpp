#pragma once

#include <string>
#include <vector>

namespace internal_events::core {

// What is reported under one key path: JSON text, which stays as it is.
struct PayloadValue {
  std::string key_path;
  std::string value;
};

// Makes one JSON document of values, nested by key path and sorted by key, with an indent of two spaces. Throws
// std::invalid_argument where two values have one place, or one of them would have to be an object too.
std::string nest(std::vector<PayloadValue> values);

}  // namespace internal_events::core
