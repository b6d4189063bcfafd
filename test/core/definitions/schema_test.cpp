#include "core/definitions/schema.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

// Calls a function for a schema and every schema below it.
void visit(const nlohmann::json &schema, const std::string &path,
           const std::function<void(const nlohmann::json &, const std::string &)> &check) {
  check(schema, path);
  const nlohmann::json members = schema.value("properties", nlohmann::json::object());
  for (const auto &[name, member] : members.items()) visit(member, path + "." + name, check);
  for (const char *key : {"items", "additionalProperties"}) {
    if (schema.contains(key) && schema.at(key).is_object()) visit(schema.at(key), path + "/" + key, check);
  }
}

// A file in definitions/schema.
nlohmann::json schema_file(const std::string &name) {
  return nlohmann::json::parse(file_text(std::filesystem::path(SOURCE_DIR) / "definitions/schema" / (name + ".json")));
}

struct NamedKind {
  const char *name;
  Kind kind;
};

class Schema : public testing::TestWithParam<NamedKind> {
 protected:
  const nlohmann::json &schema() const { return schema_of(GetParam().kind); }
};

TEST_P(Schema, IsTheOneInDefinitions) {
  nlohmann::json file = schema_file(GetParam().name);
  nlohmann::json &members = file.at("properties");
  if (members.contains("instrumentation")) {
    EXPECT_EQ(members.at("instrumentation").at("$ref"), "calculation.json");
    members.at("instrumentation") = schema_file("calculation");
  }
  EXPECT_EQ(schema(), file);
}

TEST_P(Schema, DescribesEveryKey) {
  visit(schema(), "", [](const nlohmann::json &part, const std::string &path) {
    EXPECT_FALSE(part.value("description", "").empty()) << path;
    EXPECT_TRUE(part.contains("type")) << path;
  });
}

// std::regex uses the stack for every character, so no text of unlimited length may reach it.
TEST_P(Schema, LimitsAndExplainsWhatHasAPattern) {
  visit(schema(), "", [](const nlohmann::json &part, const std::string &path) {
    if (!part.contains("pattern")) return;
    ASSERT_TRUE(longest_text(part)) << path;
    EXPECT_LE(*longest_text(part), 1000U) << path;
    EXPECT_TRUE(part.contains("x-expects")) << path;
  });
}

// Violations of other keywords would be reported in valijson's words, and its nested ones many times over.
TEST_P(Schema, UsesNoKeywordWithoutAMessage) {
  const std::set<std::string> explained = {
      "$schema",   "title",     "description",     "type",     "required",
      "enum",      "pattern",   "x-expects",       "items",    "properties",
      "minLength", "maxLength", "minItems",        "maxItems", "additionalProperties",
      "minimum",   "maximum",   "x-refuse-unknown"};
  visit(schema(), "", [&](const nlohmann::json &part, const std::string &path) {
    for (const auto &[keyword, value] : part.items()) EXPECT_EQ(explained.count(keyword), 1U) << path << " " << keyword;
  });
}

INSTANTIATE_TEST_SUITE_P(All, Schema,
                         testing::Values(NamedKind{"event", Kind::event}, NamedKind{"metric", Kind::metric},
                                         NamedKind{"instrumentation", Kind::instrumentation}),
                         [](const auto &tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace internal_events::core
