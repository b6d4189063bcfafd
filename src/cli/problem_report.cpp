#include "cli/problem_report.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/words.hpp"
#include "core/json.hpp"
#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

std::string word_of(core::Severity severity) {
  return severity == core::Severity::error ? "error" : "warning";
}

// The key, where a problem has one, and what is wrong with it.
std::string sentence(const core::Problem &problem) {
  return problem.key.empty() ? problem.message : problem.key + ": " + problem.message;
}

// A problem as compilers write it, so that editors find the place.
void print_text(const std::string &path, const core::Problem &problem, const Style &style) {
  std::cout << style.bold(core::printable(path));
  if (problem.position.line > 0) std::cout << ':' << problem.position.line << ':' << problem.position.column;
  const std::string word = word_of(problem.severity) + ": ";
  std::cout << ": " << (problem.severity == core::Severity::error ? style.red(word) : style.yellow(word))
            << core::printable(sentence(problem)) << '\n';
}

// A text in a workflow command of GitHub, which has its own escapes.
std::string escaped(const std::string &text, bool is_property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','))) {
      constexpr const char *digits = "0123456789ABCDEF";
      escaped += {'%', digits[c / 16], digits[c % 16]};
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void print_github(const std::string &path, const core::Problem &problem) {
  std::cout << "::" << word_of(problem.severity) << " file=" << escaped(path, true);
  if (problem.position.line > 0) {
    std::cout << ",line=" << problem.position.line << ",col=" << problem.position.column;
  }
  std::cout << "::" << escaped(sentence(problem), false) << '\n';
}

nlohmann::ordered_json to_json(const std::string &path, const core::Problem &problem) {
  nlohmann::ordered_json object = {{"file", path}, {"line", nullptr}, {"column", nullptr}};
  if (problem.position.line > 0) {
    object["line"] = problem.position.line;
    object["column"] = problem.position.column;
  }
  object["severity"] = word_of(problem.severity);
  object["key"] = problem.key.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(problem.key);
  object["message"] = problem.message;
  return object;
}

void print_summary(std::size_t files, std::size_t errors, std::size_t warnings) {
  const Style style = style_of(Stream::error);
  const std::string text =
      counted(files, "file") + ": " + counted(errors, "error") + ", " + counted(warnings, "warning");
  std::cerr << (errors > 0 ? style.red(text) : style.green(text)) << '\n';
}

// How many problems files have of a severity.
std::size_t count(const std::vector<core::CheckedFile> &files, core::Severity severity) {
  std::size_t found = 0;
  for (const core::CheckedFile &file : files) {
    found += static_cast<std::size_t>(
        std::count_if(file.problems.begin(), file.problems.end(),
                      [&](const core::Problem &problem) { return problem.severity == severity; }));
  }
  return found;
}

}  // namespace

void print_problems(const std::vector<core::CheckedFile> &files) {
  const Style style = style_of(Stream::output);
  for (const core::CheckedFile &file : files) {
    for (const core::Problem &problem : file.problems) print_text(file.path, problem, style);
  }
}

nlohmann::ordered_json problems_to_json(const std::vector<core::CheckedFile> &files) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const core::CheckedFile &file : files) {
    for (const core::Problem &problem : file.problems) list.push_back(to_json(file.path, problem));
  }
  return list;
}

bool report_problems(const std::vector<core::CheckedFile> &files, const std::string &format) {
  const std::size_t errors = count(files, core::Severity::error);
  const std::size_t warnings = count(files, core::Severity::warning);
  if (format == "json") {
    const nlohmann::ordered_json answer = {
        {"files", files.size()}, {"errors", errors}, {"warnings", warnings}, {"problems", problems_to_json(files)}};
    std::cout << core::json_text(answer, core::indented) << '\n';
  } else if (format == "github") {
    for (const core::CheckedFile &file : files) {
      for (const core::Problem &problem : file.problems) print_github(file.path, problem);
    }
  } else {
    print_problems(files);
  }
  std::cout << std::flush;
  print_summary(files.size(), errors, warnings);
  return errors > 0;
}

}  // namespace internal_events::cli
