#include "core/definitions/value_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// As GitLab writes them: a list of types with a schema in it, which only draft 3 had.
constexpr const char *draft_3 = R"({"type": "array", "items": {"type": [{"type": "object", "properties": {
  "object_name": {"type": "string"}, "count": {"type": "integer", "required": true}}}]}})";

constexpr const char *draft_4 = R"({"type": "number", "minimum": 0, "exclusiveMinimum": true})";

constexpr const char *draft_7 = R"({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
  "items": {"$ref": "#/definitions/row"},
  "definitions": {"row": {"type": "object", "required": ["name"], "additionalProperties": false,
    "properties": {"name": {"type": "string", "maxLength": 5}, "count": {"type": "integer", "exclusiveMinimum": 0}}}}})";

// A schema's fault, or "" for none.
std::string fault(const std::string &schema) {
  return schema_fault(schema).value_or("");
}

std::string repeated(const std::string &text, std::size_t times) {
  std::string whole;
  for (std::size_t i = 0; i < times; ++i) whole += text;
  return whole;
}

TEST(ValueSchema, MayBeOfDraft7Or4Or3) {
  for (const char *schema : {draft_3, draft_4, draft_7, "{}", "true"}) EXPECT_EQ(fault(schema), "") << schema;
}

TEST(ValueSchema, ChecksAsDraft7) {
  EXPECT_THAT(value_faults(draft_7, R"([{"name": "a", "count": 1}])"), IsEmpty());
  EXPECT_THAT(value_faults(draft_7, R"([{"name": "a"}, {"name": 5}, {"name": "abcdef", "count": 0}])"),
              ElementsAre("/1/name: Value type not permitted by 'type' constraint",
                          "/2/count: Expected number greater than 0.000000",
                          "/2/name: String should be no more than 5 characters in length"));
  EXPECT_THAT(value_faults(draft_7, R"([{"other": 1}])"),
              ElementsAre("/0: Object contains a property that could not be validated using 'properties' or "
                          "'additionalProperties' constraints: 'other'",
                          "/0: Missing required property 'name'"));
  EXPECT_THAT(value_faults(draft_7, "{}"), ElementsAre("/: Value type not permitted by 'type' constraint"));
}

TEST(ValueSchema, ChecksAsDraft4) {
  EXPECT_THAT(value_faults(draft_4, "0.5"), IsEmpty());
  EXPECT_THAT(value_faults(draft_4, "0"), SizeIs(1));
}

TEST(ValueSchema, ChecksAsDraft3) {
  EXPECT_THAT(value_faults(draft_3, R"([{"object_name": "a", "count": 1}])"), IsEmpty());
  EXPECT_THAT(value_faults(draft_3, R"([{"object_name": "a"}])"), Contains("/0: Missing required property 'count'"));
}

TEST(ValueSchema, TakesThoseOfGitlab) {
  const std::filesystem::path corpus = DEFAULT_CORPUS;
  const auto folder = corpus / "config/metrics/objects_schemas";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no corpus";
  for (const auto &entry : std::filesystem::directory_iterator(folder)) {
    const std::string schema = file_text(entry.path());
    EXPECT_EQ(fault(schema), "") << entry.path();
    EXPECT_THAT(value_faults(schema, "[]"), IsEmpty()) << entry.path();
    EXPECT_THAT(value_faults(schema, R"([{"object_name": "i", "job_class_name": "j"}])"), IsEmpty()) << entry.path();
    EXPECT_THAT(value_faults(schema, R"([{"object_name": 1, "job_class_name": 1}])"), Not(IsEmpty())) << entry.path();
    EXPECT_THAT(value_faults(schema, "1"), SizeIs(1)) << entry.path();
  }
}

TEST(ValueSchema, TellsWhatEvenTheSchemaFalseRefuses) {
  EXPECT_THAT(value_faults("false", "1"), ElementsAre("/: The schema allows no such value"));
  EXPECT_THAT(value_faults(R"({"properties": {"a": false, "b": false}})", R"({"a": 1, "b": 2})"), SizeIs(2));
}

TEST(ValueSchema, ReadsLargeIntegersAsWhatTheyAre) {
  const char *schema = R"({"type": "integer", "minimum": 0})";
  EXPECT_THAT(value_faults(schema, "7301234567890123456"), IsEmpty());
  EXPECT_THAT(value_faults(schema, "18446744073709551615"), IsEmpty());
  EXPECT_THAT(value_faults(R"({"maximum": 18446744073709551615})", "1"), IsEmpty());
}

TEST(ValueSchema, TakesFormatForAnAnnotation) {
  const char *schema = R"({"type": ["string", "null"], "format": "date"})";
  EXPECT_THAT(value_faults(schema, "null"), IsEmpty());
  EXPECT_THAT(value_faults(schema, R"("2024-01-01")"), IsEmpty());
  EXPECT_THAT(value_faults(R"({"properties": {"format": {"type": "string"}}})", R"({"format": 1})"), SizeIs(1));
}

TEST(ValueSchema, HasFaultsOfItsOwn) {
  EXPECT_EQ(fault("{\"type\": "), "the schema is not JSON from byte 10 on; correct it");
  EXPECT_EQ(fault("[1e999]"), "the schema has a number that is too large; write a smaller one");
  EXPECT_EQ(fault("[]"),
            "the text is no JSON Schema of draft 7, 4 or 3: Expected node at  to contain schema object or boolean "
            "value; actual node type is: array");
  EXPECT_THAT(fault(R"({"type": "text"})"), HasSubstr("Unrecognised JSON type name 'text'"));
  EXPECT_THAT(value_faults("[]", "1"), ElementsAre(HasSubstr("/: the text is no JSON Schema")));
  EXPECT_THAT(value_faults("{}", "[1,"), ElementsAre("/: the value is not JSON from byte 4 on; correct it"));
}

TEST(ValueSchema, TakesNoRegularExpressions) {
  EXPECT_EQ(fault(R"({"pattern": "^a$"})"),
            "the keyword pattern is not taken, because a regular expression may take for ever; use enum, minLength and "
            "maxLength, or properties by name");
  for (const char *schema :
       {R"({"patternProperties": {"a": {}}})", R"({"items": {"not": {"pattern": "(a+)+b"}}})", R"({"pattern": 1})",
        R"({"$ref": "#/d/a", "pattern": "a", "d": {"a": {}}})", R"({"$ref": "#/d/a", "d": {"a": {"pattern": "a"}}})",
        R"({"definitions": {"a": {"patternProperties": {}}}})", R"({"dependencies": {"a": {"pattern": "a"}}})"}) {
    EXPECT_THAT(fault(schema), HasSubstr("is not taken")) << schema;
  }
  EXPECT_THAT(value_faults(R"({"pattern": "(a+)+b"})", "\"" + std::string(100, 'a') + "\""),
              ElementsAre(HasSubstr("/: the keyword pattern is not taken")));
  EXPECT_EQ(fault(R"({"properties": {"pattern": {"enum": ["a"]}}, "required": ["pattern"]})"), "");
}

TEST(ValueSchema, FollowsNoReferenceToElsewhere) {
  for (const char *reference : {"http://localhost/x.json", "file:///etc/passwd", "other.json#/a", ""}) {
    EXPECT_THAT(fault(R"({"properties": {"a": {"$ref": ")" + std::string(reference) + "\"}}}"),
                HasSubstr("leads out of the schema, and nothing is fetched"));
  }
  EXPECT_THAT(fault(R"({"definitions": {"unused": {"items": {"$ref": "http://localhost/"}}}})"), HasSubstr("fetched"));
  for (const char *reference : {"#/definitions/b", "#a", "#/definitions//a", "#/definitions/a/", "#/definitions/%61"}) {
    EXPECT_THAT(fault(R"({"items": {"$ref": ")" + std::string(reference) + R"("}, "definitions": {"a": {}}})"),
                HasSubstr("names nothing in the schema"));
  }
}

TEST(ValueSchema, RefusesReferencesInACircle) {
  for (
      const char *schema :
      {R"({"$ref": "#"})", R"({"allOf": [{"$ref": "#"}]})", R"({"properties": {"a": {"$ref": "#/properties/a"}}})",
       R"({"items": {"$ref": "#/d/a"}, "d": {"a": {"not": {"$ref": "#/d/b"}}, "b": {"type": [{"$ref": "#/d/a"}]}}})"}) {
    EXPECT_THAT(fault(schema), HasSubstr("leads back to the schema that it is part of")) << schema;
  }
}

TEST(ValueSchema, RefusesWhatReferencesBlowUp) {
  std::string schema = R"({"$ref": "#/d/0", "d": {)";
  for (int i = 0; i < 30; ++i) {
    const std::string next = R"({"$ref": "#/d/)" + std::to_string(i + 1) + "\"}";
    schema += "\"" + std::to_string(i) + R"(": {"allOf": [)" + next + ", " + next + "]}, ";
  }
  EXPECT_THAT(fault(schema + R"("30": {}}})"), HasSubstr("make it simpler"));
}

TEST(ValueSchema, RefusesWhatWouldTakeTheStackOrTheDay) {
  EXPECT_THAT(fault("{\"title\": \"" + std::string(1 << 20, 'x') + "\"}"), HasSubstr("longer than 1 MiB"));
  EXPECT_THAT(fault(repeated("[", 200'000) + repeated("]", 200'000)), HasSubstr("100 levels deep"));
  EXPECT_THAT(fault(repeated("{\"not\":", 101) + "{}" + repeated("}", 101)), HasSubstr("100 levels deep"));
  EXPECT_EQ(fault(repeated("{\"not\":", 99) + "{}" + repeated("}", 99)), "");
  EXPECT_THAT(value_faults("{}", repeated("[", 101) + repeated("]", 101)), ElementsAre(HasSubstr("100 levels deep")));
  EXPECT_THAT(value_faults(R"({"uniqueItems": true})", "[0" + repeated(",0", 2000) + "]"),
              ElementsAre(HasSubstr("too large to be checked")));
  EXPECT_THAT(value_faults("{\"enum\": [0" + repeated(",1", 9000) + "]}", "[0" + repeated(",0", 9000) + "]"),
              ElementsAre(HasSubstr("too large to be checked")));
}

// The processor stops the process at a division by zero.
TEST(ValueSchema, RefusesToDivideByZero) {
  for (const char *divisor : {"0", "-1", "0.0", "\"0\"", "null"}) {
    EXPECT_THAT(fault(std::string("{\"multipleOf\": ") + divisor + "}"), HasSubstr("is not a number above 0"));
    EXPECT_THAT(fault(std::string("{\"divisibleBy\": ") + divisor + "}"), HasSubstr("is not a number above 0"));
  }
  EXPECT_THAT(value_faults(R"({"multipleOf": 18446744073709551615})", "-9223372036854775808"), SizeIs(1));
}

}  // namespace
}  // namespace internal_events::core
