#include "core/generator/generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/definitions/definition_set.hpp"
#include "support/definitions.hpp"

namespace internal_events::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// One of our golden files.
std::string golden(const std::string &name) {
  return file_text(std::filesystem::path(SOURCE_DIR) / "test/core/generator/golden" / name);
}

MetricRequest request(std::vector<std::string> events, std::string unique = "") {
  MetricRequest request;
  request.events = std::move(events);
  request.unique = std::move(unique);
  request.time_frames = {"7d", "28d"};
  return request;
}

std::vector<std::string> key_paths(const MetricRequest &request) {
  std::vector<std::string> found;
  for (const GeneratedMetric &metric : generate_metrics(request, {}, {})) {
    found.insert(found.end(), metric.key_paths.begin(), metric.key_paths.end());
  }
  return found;
}

std::vector<std::string> paths(const MetricRequest &request, const Layout &layout = {}) {
  std::vector<std::string> found;
  for (const GeneratedMetric &metric : generate_metrics(request, {}, layout)) found.push_back(metric.file.path);
  return found;
}

TEST(Generator, WritesAnEvent) {
  const EventRequest event{
      "package_published",
      "A package is published: by hand, or by a pipeline",
      {"project", "user"},
      {{"label", ""}, {"value", "Kilobytes"}, {"token_id", "The number of the token\nwhere one was used"}}};
  const Ownership ownership{.section = "dev",
                            .stage = "plan",
                            .group = "packages",
                            .categories = {"registry", "service_ping"},
                            .milestone = "1.10",
                            .introduced_by_url = "https://git.example.com/app/-/merge_requests/7",
                            .tiers = {"premium", "ultimate"}};
  const GeneratedFile file = generate_event(event, ownership, {"ee/config", false});
  EXPECT_EQ(file.text, golden("event.yml"));
  EXPECT_EQ(file.path, "ee/config/events/package_published.yml");
}

TEST(Generator, WritesAMetricOfEachTimeFrame) {
  Ownership ownership;
  ownership.group = "planning";
  const auto metrics = generate_metrics(request({"project_created"}, "user.id"), ownership, {});
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics[1].file.text, golden("metric_weekly.yml"));
  EXPECT_EQ(metrics[1].file.path, "config/metrics/counts_7d/count_distinct_user_id_from_project_created_weekly.yml");
  EXPECT_EQ(metrics[0].file.path, "config/metrics/counts_28d/count_distinct_user_id_from_project_created_monthly.yml");
}

TEST(Generator, WritesAListOfTimeFrames) {
  MetricRequest sum = request({"package_published", "package_fetched"});
  sum.operation = "sum(value)";
  sum.filters = {*parse_filter("package_published:label=npm,version=2")};
  sum.time_frames = {"all", "7d", "28d"};
  sum.as_list = true;
  sum.name = "exchange";
  const auto metrics = generate_metrics(sum, {}, {});
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_EQ(metrics[0].file.text, golden("metric_list.yml"));
  EXPECT_EQ(metrics[0].file.path, "config/metrics/counts_all/sum_value_from_exchange.yml");
  EXPECT_THAT(metrics[0].key_paths, ElementsAre("sums.sum_value_from_exchange_monthly",
                                                "sums.sum_value_from_exchange_weekly", "sums.sum_value_from_exchange"));
}

TEST(Generator, NamesKeyPathsAsGitLabDoes) {
  EXPECT_THAT(key_paths(request({"project_created"})),
              ElementsAre("counts.count_total_project_created_monthly", "counts.count_total_project_created_weekly"));
  EXPECT_THAT(key_paths(request({"b", "a", "b"}, "label")),
              ElementsAre("redis_hll_counters.count_distinct_label_from_a_and_b_monthly",
                          "redis_hll_counters.count_distinct_label_from_a_and_b_weekly"));
  MetricRequest all_time = request({"a"}, "project.id");
  all_time.time_frames = {"all"};
  EXPECT_THAT(key_paths(all_time), ElementsAre("redis_hll_counters.count_distinct_project_id_from_a"));
}

TEST(Generator, ReportsTheSameKeyPathsFromAListAsFromSeparateDefinitions) {
  MetricRequest metric = request({"a"}, "user.id");
  metric.time_frames = {"7d", "all", "28d"};
  const std::vector<std::string> separate = key_paths(metric);
  metric.as_list = true;
  EXPECT_EQ(key_paths(metric), separate);
}

TEST(Generator, TakesChosenNamesAsTheyAreWhereOneDefinitionHasThem) {
  MetricRequest metric = request({"a"});
  metric.key_path = "counts.x";
  metric.file_name = "y";
  EXPECT_THAT(key_paths(metric), ElementsAre("counts.x_monthly", "counts.x_weekly"));
  EXPECT_THAT(paths(metric, {"d", true}), ElementsAre("d/metrics/y_monthly.yml", "d/metrics/y_weekly.yml"));
  metric.time_frames = {"7d"};
  EXPECT_THAT(key_paths(metric), ElementsAre("counts.x"));
  EXPECT_THAT(paths(metric, {"d", true}), ElementsAre("d/metrics/y.yml"));
}

TEST(Generator, AppliesAFilterToItsEventOrToAll) {
  MetricRequest metric = request({"b", "a"}, "user.id");
  metric.filters = {*parse_filter("label=x"), *parse_filter("b:label=y")};
  EXPECT_EQ(selection_rules(metric), nlohmann::ordered_json::parse(R"([
      {"name": "a", "unique": "user.id", "filter": {"label": "x"}},
      {"name": "b", "unique": "user.id", "filter": {"label": "x"}},
      {"name": "b", "unique": "user.id", "filter": {"label": "y"}}])"));
}

TEST(Generator, WritesWhatLoads) {
  MetricRequest metric = request({"opened", "closed"}, "colour");
  metric.filters = {*parse_filter("value=3.5,colour=\"12\"")};
  metric.name = "x";
  std::vector<DefinitionText> files;
  for (const char *name : {"opened", "closed"}) {
    GeneratedFile file = generate_event({name, "", {"user"}, {{"value", ""}, {"colour", ": # '\""}}}, {}, {});
    files.push_back({file.path, file.text});
  }
  for (GeneratedMetric &one : generate_metrics(metric, {}, {})) files.push_back({one.file.path, one.file.text});
  for (const CheckedFile &file : check_definitions(files, {}, {.strict = true})) {
    EXPECT_THAT(to_texts(file.problems), IsEmpty()) << file.text;
  }
}

TEST(GeneratorFilter, ReadsValuesByTheirProperty) {
  const auto filter = parse_filter(R"(used:label=7,value=7,custom=7.5,text="7",list="a,b",empty=)");
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->event, "used");
  EXPECT_EQ(filter->values.dump(), R"({"label":"7","value":7,"custom":7.5,"text":"7","list":"a,b","empty":""})");
  EXPECT_EQ(parse_filter("url=http://x")->values.dump(), R"({"url":"http://x"})");
}

TEST(GeneratorFilter, RefusesWhatIsNoFilter) {
  for (const char *text : {"", "label", "=x", ":label=x", "label=x,", "label=x,label=y", "label=x,value"}) {
    EXPECT_FALSE(parse_filter(text)) << text;
  }
}

TEST(GeneratorDescription, SaysWhatIsCounted) {
  MetricRequest metric = request({"a"});
  EXPECT_EQ(composed_description(metric, "28d"), "Monthly count of a");
  EXPECT_EQ(composed_description(request({"a", "b", "c"}, "namespace.id"), "7d"),
            "Weekly count of unique namespaces from a, b and c");
  EXPECT_EQ(composed_description(request({"a"}, "label"), ""), "Count of unique values of label from a");
}

TEST(GeneratorSimilarNames, RanksTyposBeforeSharedWords) {
  EXPECT_THAT(similar_names("issue_creation", {"project_created", "issue_closed", "issue_created", "member_invited"}),
              ElementsAre("issue_created", "issue_closed"));
  EXPECT_THAT(similar_names("x", {"issue_created"}), IsEmpty());
}

}  // namespace
}  // namespace internal_events::core
