#include "cli/generate/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "cli/terminal.hpp"

namespace internal_events::cli {
namespace {

using Json = nlohmann::ordered_json;

const char *action_of(const FileToWrite &file, const GenerateOptions &options) {
  if (options.dry_run) return file.old_text ? "would replace" : "would create";
  return file.old_text ? "replaced" : "created";
}

Json to_json(const Plan &plan, const GenerateOptions &options) {
  Json answer = {{"files", Json::array()}, {"key_paths", Json::array()}, {"notes", plan.notes}};
  for (const FileToWrite &file : plan.files) {
    answer["files"].push_back({{"path", file.path}, {"action", action_of(file, options)}, {"text", file.text}});
  }
  for (const core::ExampleMetric &metric : plan.metrics) {
    for (const std::string &key_path : metric.key_paths) answer["key_paths"].push_back(key_path);
  }
  for (const char *language : {"sql", "javascript", "html"}) answer[language] = Json::array();
  for (const core::TrackingExample &example : plan.examples) {
    answer["sql"].push_back(core::sql_call(example));
    answer["javascript"].push_back(core::javascript_call(example));
    answer["html"].push_back(core::html_element(example));
  }
  answer["pgtap"] = core::pgtap_test(plan.examples, plan.metrics);
  return answer;
}

// Prints lines of one language below a comment of it.
template <typename Write>
void print_lines(const Plan &plan, const std::string &heading, Write write) {
  std::cout << '\n' << heading << '\n';
  for (const core::TrackingExample &example : plan.examples) std::cout << write(example) << '\n';
}

void print_examples(const Plan &plan) {
  const Style style = style_of(Stream::output);
  print_lines(plan, style.bold("-- SQL"), core::sql_call);
  print_lines(plan, style.bold("// JavaScript in the browser; goes through the collector"), core::javascript_call);
  print_lines(plan, style.bold("<!-- HTML, tracked on click; goes through the collector -->"), core::html_element);
  std::cout << '\n'
            << style.bold("-- pgTAP: a test to run by pg_prove, once the definitions are loaded") << '\n'
            << core::pgtap_test(plan.examples, plan.metrics);
}

}  // namespace

void print_files(std::ostream &out, const Plan &plan, const Style &style) {
  for (const FileToWrite &file : plan.files) {
    out << style.bold("# " + file.path) << (file.old_text ? style.yellow(" (replaces a file)") : "") << '\n'
        << file.text << '\n';
  }
}

void report_plan(const Plan &plan, const GenerateOptions &options) {
  const Style style = style_of(Stream::error);
  for (const std::string &note : plan.notes) std::cerr << style.yellow("note: ") << note << '\n';
  if (options.json) {
    std::cout << core::json_text(to_json(plan, options), core::indented) << '\n';
    return;
  }
  if (options.dry_run) {
    print_files(std::cout, plan, style_of(Stream::output));
  } else {
    for (const FileToWrite &file : plan.files) std::cout << action_of(file, options) << ' ' << file.path << '\n';
  }
  if (!options.quiet) print_examples(plan);
}

}  // namespace internal_events::cli
