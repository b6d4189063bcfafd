#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/snowplow/iglu.hpp"
#include "core/snowplow/pseudonym.hpp"
#include "core/snowplow/snowplow_event.hpp"

namespace core = internal_events::core;

static const std::string eid = "c6ef3124-b53a-4b13-a233-0088f79dcbcb";

// Ends the process where something does not hold, which the fuzzer reports.
static void demand(bool holds) {
  if (!holds) std::abort();
}

// Bytes in base64, with padding.
static std::string base64(const std::string &bytes) {
  std::vector<unsigned char> encoded((bytes.size() + 2) / 3 * 4 + 1);
  const int length = EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char *>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  return {encoded.begin(), encoded.begin() + length};
}

// What is accepted is a JSON object of texts, with its id and without stm, and is accepted again as it is.
static void check_received(const std::string &text) {
  const core::SnowplowEvent event = core::received_event(eid, text);
  demand(event.parameters.empty() != event.fault.empty());
  if (!event.fault.empty()) return;
  const auto parameters = nlohmann::json::parse(event.parameters);
  demand(parameters.is_object());
  for (const auto &[key, value] : parameters.items()) demand(value.is_string());
  demand(parameters.at("eid") == eid);
  demand(!parameters.contains("stm"));
  demand(core::received_event(eid, event.parameters).parameters == event.parameters);
}

// Embedded JSON is judged alike in plain and in base64, and arbitrary bytes do no harm as base64.
static void check_embedded(const std::string &text) {
  demand(core::base64_decoded(base64(text)) == text);
  demand(core::embedded_json_fault("co", text) == core::embedded_json_fault("cx", base64(text)));
  demand(core::embedded_json_fault("ue_pr", text) == core::embedded_json_fault("ue_px", base64(text)));
  core::embedded_json_fault("cx", text);
  core::embedded_json_fault("ue_px", text);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string text(reinterpret_cast<const char *>(data), size);
  check_received(text);
  check_embedded(text);
  return 0;
}
