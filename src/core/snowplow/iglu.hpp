// Self-describing JSON as Snowplow's registry, Iglu, knows it: data that names its schema.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace internal_events::core {

// The address of a schema, iglu:vendor/name/format/version.
struct SchemaUri {
  std::string vendor;
  std::string name;
  std::string format;
  std::string version;

  std::string text() const { return "iglu:" + vendor + "/" + name + "/" + format + "/" + version; }
};

// Reads an address; nothing where it is none.
std::optional<SchemaUri> schema_uri(std::string_view text);

// Whether the schema is one of those that are built in.
bool is_bundled(const SchemaUri &uri);

// What is wrong with the data of an entity, as far as the schema is known here: one that is not bundled is a matter
// between the sender and his collector.
std::optional<std::string> data_fault(const SchemaUri &uri, const nlohmann::json &data);

// What is wrong with the JSON in co, cx, ue_pr or ue_px, if anything; other keys have none in them.
std::optional<std::string> embedded_json_fault(std::string_view key, const std::string &value);

}  // namespace internal_events::core
