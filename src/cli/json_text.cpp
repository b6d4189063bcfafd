#include "cli/json_text.hpp"

namespace internal_events::cli {

std::string json_text(const nlohmann::ordered_json &json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace internal_events::cli
