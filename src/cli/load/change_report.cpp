#include "cli/load/change_report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/words.hpp"
#include "core/json.hpp"
#include "cli/problem_report.hpp"
#include "cli/terminal.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

using nlohmann::ordered_json;

const char *word_of(Action action) {
  switch (action) {
    case Action::added:
      return "new";
    case Action::changed:
      return "changed";
    case Action::removed:
      return "removed";
    case Action::unchanged:
      return "unchanged";
  }
  return "";
}

bool is_shown(const Change &change, const ReportOptions &options) {
  return change.action != Action::unchanged || options.verbose;
}

void print_change(const Change &change, const Style &style) {
  std::string text = change.definition.first + ' ' + core::printable(change.definition.second);
  switch (change.action) {
    case Action::added:
      text = style.green("+ " + text);
      break;
    case Action::changed:
      text = style.yellow("~ " + text);
      break;
    case Action::removed:
      text = style.red("- " + text);
      break;
    case Action::unchanged:
      text = "  " + text;
      break;
  }
  std::cout << text << (change.path.empty() ? "" : "  " + style.dim(core::printable(change.path))) << '\n';
}

// Says in a line how much is different, and in another one what nobody has asked for.
void print_summary(const Changes &changes, const ReportOptions &options) {
  std::string text = options.database + ": ";
  for (const Action action : {Action::added, Action::changed, Action::removed, Action::unchanged}) {
    text += std::to_string(changes.count(action)) + ' ' + word_of(action) + (action == Action::unchanged ? "" : ", ");
  }
  const Style style = style_of(Stream::error);
  std::cerr << style.bold(text) << '\n';
  if (changes.without_file > 0) {
    const bool is_one = changes.without_file == 1;
    std::cerr << counted(changes.without_file, "loaded definition") << (is_one ? " is" : " are")
              << " in none of the files; --prune removes " << (is_one ? "it" : "them") << ", --dry-run --prune shows "
              << (is_one ? "it" : "them") << '\n';
  }
  if (options.dry_run) std::cerr << style.bold("Dry run: nothing was changed") << '\n';
}

ordered_json to_json(const Changes &changes, const ReportOptions &options) {
  ordered_json list = ordered_json::array();
  for (const Change &change : changes.list) {
    if (!is_shown(change, options)) continue;
    list.push_back({{"change", word_of(change.action)},
                    {"kind", change.definition.first},
                    {"name", change.definition.second},
                    {"file", change.path.empty() ? ordered_json() : ordered_json(change.path)}});
  }
  ordered_json answer = {{"database", options.database}, {"dry_run", options.dry_run}, {"loaded", !options.dry_run}};
  for (const Action action : {Action::added, Action::changed, Action::removed, Action::unchanged}) {
    answer[word_of(action)] = changes.count(action);
  }
  answer["without_file"] = changes.without_file;
  answer["definitions"] = list;
  return answer;
}

void print_json(ordered_json answer, const CheckedDefinitions &checked) {
  answer["problems"] = problems_to_json(checked.by_path());
  std::cout << core::json_text(answer, core::indented) << '\n' << std::flush;
}

}  // namespace

void report_changes(const Changes &changes, const CheckedDefinitions &checked, const ReportOptions &options) {
  if (options.json) return print_json(to_json(changes, options), checked);
  print_problems(checked.by_path());
  const Style style = style_of(Stream::output);
  for (const Change &change : changes.list) {
    if (is_shown(change, options)) print_change(change, style);
  }
  std::cout << std::flush;
  print_summary(changes, options);
}

void report_refusal(const CheckedDefinitions &checked, const ReportOptions &options) {
  if (options.json) {
    print_json({{"database", options.database}, {"dry_run", options.dry_run}, {"loaded", false}}, checked);
  } else {
    report_problems(checked.by_path(), "text");
  }
  const Style style = style_of(Stream::error);
  std::cerr << style.red("Nothing was loaded") << " into " << options.database << ": mend the errors first\n";
}

}  // namespace internal_events::cli
