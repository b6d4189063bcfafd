#include "core/definitions/value_schema_files.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/definitions/value_schema.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"

namespace internal_events::core {
namespace {

// The paths of JSON Schemas that metrics name.
std::set<std::string> references_of(const std::vector<CheckedFile> &definitions) {
  std::set<std::string> references;
  for (const CheckedFile &file : definitions) {
    if (!file.metric) continue;
    const nlohmann::json metric = parse_json(file.metric->json);
    const nlohmann::json &schema = member_of(metric, "value_json_schema");
    if (schema.is_string()) references.insert(schema.get<std::string>());
  }
  return references;
}

// Says what is wrong with a schema, if anything.
Problems problems_of(const std::optional<std::string> &text) {
  if (!text) return {{Severity::error, {}, "", unreadable_file}};
  const std::optional<std::string> fault = schema_fault(*text);
  if (!fault) return {};
  return {{Severity::error, {}, "", "not a JSON Schema: " + *fault}};
}

}  // namespace

bool is_path_of(const std::string &path, const std::string &reference) {
  return ('/' + path).ends_with('/' + reference) || ('/' + reference).ends_with('/' + path);
}

std::vector<CheckedFile> check_value_schemas(std::vector<DefinitionText> files,
                                             const std::vector<CheckedFile> &definitions) {
  const std::set<std::string> references = references_of(definitions);
  std::vector<CheckedFile> checked;
  std::map<std::string, std::string> paths;  // by name
  for (DefinitionText &file : files) {
    const bool is_named = std::any_of(references.begin(), references.end(),
                                      [&](const std::string &reference) { return is_path_of(file.name, reference); });
    if (!is_named) continue;
    CheckedFile schema;
    schema.problems = problems_of(file.text);
    const auto [first, is_new] = paths.emplace(file.name, file.path);
    if (!is_new) {
      schema.problems.push_back(
          {Severity::error, {}, "", "metrics name " + first->second + " in the same way; keep one of the files"});
    }
    schema.path = std::move(file.path);
    schema.name = std::move(file.name);
    schema.text = std::move(file.text).value_or("");
    checked.push_back(std::move(schema));
  }
  return checked;
}

}  // namespace internal_events::core
