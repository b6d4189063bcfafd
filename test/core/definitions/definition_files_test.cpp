#include "core/definitions/definition_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/definitions/value_schema_files.hpp"
#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A folder that is gone after the test.
class DefinitionFiles : public ::testing::Test {
 protected:
  DefinitionFiles() {
    std::string name = fs::temp_directory_path() / "definition_files.XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~DefinitionFiles() override { fs::remove_all(folder_); }

  void write(const std::string &name, const std::string &text = "") {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  // What is found, without the folder's own path.
  std::vector<std::string> found() {
    std::vector<std::string> names;
    for (const fs::path &path : definition_files_below(folder_, error_))
      names.push_back(path.lexically_relative(folder_));
    return names;
  }

  fs::path folder_;
  std::error_code error_;
};

TEST_F(DefinitionFiles, FindsYamlAndJsonSortedByTheirWholePath) {
  for (const char *name : {"b.yml", "a/c.yaml", "a.b/d.yml", "a/s.json", "a/readme.md", "yml", "a/x.yml~"}) write(name);
  EXPECT_THAT(found(), ElementsAre("a.b/d.yml", "a/c.yaml", "a/s.json", "b.yml"));
}

TEST_F(DefinitionFiles, FollowsLinksToFilesAndNotToFolders) {
  write("a/b.yml");
  fs::create_symlink(folder_ / "a/b.yml", folder_ / "link.yml");
  fs::create_directory_symlink(folder_ / "a", folder_ / "round");
  fs::create_symlink("nowhere", folder_ / "dangling.yml");
  EXPECT_THAT(found(), ElementsAre("a/b.yml", "link.yml"));
}

TEST_F(DefinitionFiles, SaysThatAFolderIsNotThere) {
  fs::remove_all(folder_);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
}

TEST_F(DefinitionFiles, ReadsEveryByte) {
  const std::string text("a: \0\r\n\xff", 7);
  write("a.yml", text);
  EXPECT_EQ(read_definition_file(folder_ / "a.yml").text, text);
  write("empty.yml");
  EXPECT_EQ(read_definition_file(folder_ / "empty.yml").text, "");
}

TEST_F(DefinitionFiles, ReadsNothingThatIsTooLargeOrNoFile) {
  write("largest.yml", std::string(largest_definition_file, '#'));
  write("larger.yml", std::string(largest_definition_file + 1, '#'));
  EXPECT_TRUE(read_definition_file(folder_ / "largest.yml").text);
  EXPECT_FALSE(read_definition_file(folder_ / "larger.yml").text);
  EXPECT_FALSE(read_definition_file(folder_ / "nowhere.yml").text);
  EXPECT_FALSE(read_definition_file(folder_).text);
}

// A metric whose value is held against a schema.
CheckedFile metric_with_schema(const std::string &reference) {
  CheckedFile file;
  file.metric = MetricDefinition{};
  file.metric->json = R"({"value_json_schema": )" + reference + "}";
  return file;
}

TEST(ValueSchemaFiles, APathFitsWhereOneEndsWithTheOther) {
  EXPECT_TRUE(is_path_of("a.json", "a.json"));
  EXPECT_TRUE(is_path_of("schemas/a.json", "config/schemas/a.json"));
  EXPECT_TRUE(is_path_of("config/schemas/a.json", "a.json"));
  EXPECT_FALSE(is_path_of("other/a.json", "schemas/a.json"));
  EXPECT_FALSE(is_path_of("ba.json", "a.json"));
}

TEST(ValueSchemaFiles, ChecksThoseThatMetricsName) {
  const std::vector<CheckedFile> metrics{
      metric_with_schema("\"config/good.json\""),   metric_with_schema("\"bad.json\""),
      metric_with_schema("\"odd.json\""),           metric_with_schema("\"unread.json\""),
      metric_with_schema("{\"type\": \"object\"}"), CheckedFile()};
  const auto schemas = check_value_schemas({{"x/good.json", R"({"type": "object"})", "good.json"},
                                            {"x/bad.json", "{", "bad.json"},
                                            {"x/odd.json", R"({"type": "shape"})", "odd.json"},
                                            {"x/unread.json", std::nullopt, "unread.json"},
                                            {"x/other.json", "{", "other.json"}},
                                           metrics);
  std::vector<std::string> found;
  for (const CheckedFile &schema : schemas) {
    for (const Problem &problem : schema.problems) found.push_back(schema.path + ": " + to_text(problem));
  }
  EXPECT_EQ(schemas.size(), 4U);
  EXPECT_THAT(found,
              ElementsAre("x/bad.json: error 0 : not a JSON Schema: the schema is not JSON from byte 2 on; correct it",
                          HasSubstr("x/odd.json: error 0 : not a JSON Schema: "),
                          "x/unread.json: error 0 : could not be read as UTF-8 text of at most 1 MiB"));
}

TEST(ValueSchemaFiles, RefusesASecondFileOfTheSameName) {
  const auto schemas = check_value_schemas({{"x/a.json", "{}", "a.json"}, {"y/a.json", "{}", "a.json"}},
                                           {metric_with_schema("\"a.json\"")});
  ASSERT_EQ(schemas.size(), 2U);
  EXPECT_THAT(schemas[0].problems, IsEmpty());
  EXPECT_THAT(to_texts(schemas[1].problems),
              ElementsAre("error 0 : metrics name x/a.json in the same way; keep one of the files"));
}

}  // namespace
}  // namespace internal_events::core
