#include "cli/generate/questions.hpp"

#include <algorithm>
#include <functional>
#include <iostream>
#include <sstream>

#include "cli/failure.hpp"
#include "cli/generate/choices.hpp"
#include "cli/generate/line_editor.hpp"
#include "cli/generate/report.hpp"
#include "cli/generate/requests.hpp"
#include "cli/problem_report.hpp"
#include "cli/terminal.hpp"
#include "cli/words.hpp"
#include "core/text.hpp"

namespace internal_events::cli {
namespace {

// A question, and whether it is to be asked after what was answered before it.
struct Step {
  std::function<bool()> applies;
  std::function<void()> ask;
};

// The words of a list: "user, project" or "user project".
std::vector<std::string> words_of(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// The questions, in their order. What the command line said is not asked.
class Questions {
 public:
  Questions(GenerateOptions &options, const KnownDefinitions &known)
      : options_(options), given_(options), known_(known), style_(style_of(Stream::error)) {}

  // Asks all of them, until the files that come of it are to be written.
  Plan run() {
    std::cerr << style_.bold("New definitions below " + options_.layout.root) << ", where "
              << counted(known_.events.size(), "event") << (known_.events.size() == 1 ? " is" : " are")
              << " known.\nTab completes, < goes back, Ctrl-D ends; nothing is written before you say so.\n\n";
    const std::vector<Step> steps = all_steps();
    for (std::size_t at = 0; at < steps.size();) {
      if (!steps[at].applies()) {
        ++at;
        continue;
      }
      try {
        steps[at].ask();
        ++at;
      } catch (const GoBack &) {
        at = step_before(steps, at);
      }
    }
    return std::move(plan_);
  }

 private:
  static std::size_t step_before(const std::vector<Step> &steps, std::size_t at) {
    for (std::size_t before = at; before-- > 0;) {
      if (steps[before].applies()) return before;
    }
    return at;
  }

  std::vector<Step> all_steps() {
    const auto always = [] { return true; };
    const auto is_new = [this] { return is_new_event(); };
    const auto counts = [this] { return counts_; };
    std::vector<Step> steps = {
        {always, [this] { ask_event(); }},
        {[this] { return is_new_event() && given_.description.empty(); }, [this] { ask_description(); }},
        {[this] { return is_new_event() && given_.identifiers.empty(); }, [this] { ask_identifiers(); }},
        {is_new, [this] { ask_properties(); }},
        {always, [this] { ask_what_to_count(); }},
        {counts, [this] { ask_further_events(); }},
        {counts, [this] { ask_filters(); }},
        {[this] { return counts_ && (options_.events.size() > 1 || !options_.filters.empty()); },
         [this] { ask_name(); }},
        {[this] { return counts_ && given_.time_frames.empty(); }, [this] { ask_time_frames(); }},
        {[this] { return counts_ && options_.time_frames.size() > 1 && !given_.as_list; }, [this] { ask_list(); }},
        {counts, [this] { ask_metric_description(); }}};
    add_ownership_steps(steps);
    steps.push_back({always, [this] { confirm(); }});
    return steps;
  }

  void add_ownership_steps(std::vector<Step> &steps) {
    const auto add = [&](auto core::Ownership::*member, std::function<void()> ask) {
      steps.push_back({[this, member] { return (given_.ownership.*member).empty(); }, std::move(ask)});
    };
    core::Ownership &answer = options_.ownership;
    add(&core::Ownership::group, [&, this] {
      answer.group =
          editor_.line("Group that owns it (product_group)", "", {known_.groups.begin(), known_.groups.end()});
    });
    add(&core::Ownership::categories, [&, this] {
      answer.categories = words_of(editor_.line("Product categories, by commas; empty: none", "",
                                                {known_.categories.begin(), known_.categories.end()}));
    });
    add(&core::Ownership::milestone, [&, this] { answer.milestone = editor_.line("Milestone, such as 1.4"); });
    add(&core::Ownership::introduced_by_url,
        [&, this] { answer.introduced_by_url = editor_.line("URL of the merge request"); });
    steps.push_back({[this] { return given_.ownership.tiers == GenerateOptions().ownership.tiers; },
                     [&, this] { answer.tiers = words_of(editor_.choice("In which tiers?", tier_choices())); }});
  }

  bool is_new_event() const { return !options_.events.empty() && !known_.events.contains(options_.events.front()); }

  const std::string &event() const { return options_.events.front(); }

  void ask_event() {
    while (true) {
      const std::string name = editor_.line("Event, new or known, such as project_created", "", known_.event_names());
      if (known_.events.contains(name)) {
        std::cerr << "It is known: " << known_.events.at(name).description << '\n';
      } else if (!is_generated_name(name)) {
        std::cerr << style_.yellow("A name has lower-case letters, digits and _.") << '\n';
        continue;
      }
      options_.events = {known_.events.contains(name) ? name : choose_among_similar(name)};
      return;
    }
  }

  std::string choose_among_similar(const std::string &name) {
    const std::vector<Choice> choices = similar_choices(name, known_);
    return choices.empty() ? name : editor_.choice("Similar events are known. Take one of them?", choices);
  }

  void ask_description() { options_.description = editor_.line("When does it happen? (description)"); }

  void ask_identifiers() {
    options_.identifiers = words_of(editor_.choice("What goes with it?", identifier_choices()));
  }

  void ask_properties() {
    options_.label = given_.label;
    options_.property = given_.property;
    options_.value = given_.value;
    options_.custom = given_.custom;
    while (true) {
      const std::string name = editor_.line("Property to declare: label, property, value or a name; empty: no more", "",
                                            {"label", "property", "value"});
      if (name.empty()) return;
      if (name.find_first_of(": ") != std::string::npos) {
        std::cerr << style_.yellow("A name has letters, digits and _.") << '\n';
        continue;
      }
      declare(name, editor_.line("  What " + name + " holds"));
    }
  }

  void declare(const std::string &name, const std::string &description) {
    if (name == "label") {
      options_.label = description;
    } else if (name == "property") {
      options_.property = description;
    } else if (name == "value") {
      options_.value = description;
    } else {
      std::erase_if(options_.custom, [&](const std::string &other) { return other.starts_with(name + ":"); });
      options_.custom.push_back(name + ": " + description);
    }
  }

  std::vector<std::string> identifiers() const {
    return is_new_event() ? event_request(options_, event()).identifiers : known_.events.at(event()).identifiers;
  }

  std::vector<std::string> properties() const {
    if (!is_new_event()) return known_.events.at(event()).properties;
    std::vector<std::string> names;
    for (const auto &[name, description] : event_request(options_, event()).properties) names.push_back(name);
    return names;
  }

  void ask_what_to_count() {
    options_.unique = given_.unique;
    options_.sum = given_.sum;
    std::vector<Choice> choices = countable_choices(identifiers(), properties());
    if (is_new_event()) choices.push_back({"nothing now: the event alone", "nothing"});
    const std::string answer = editor_.choice("What is to be counted?", choices);
    counts_ = answer != "nothing";
    options_.sum = answer == "sum";
    options_.unique = answer == "total" || answer == "sum" || answer == "nothing" ? "" : answer;
    if (!counts_) forget_metric();
  }

  void forget_metric() {
    options_.events.resize(1);
    options_.filters.clear();
    options_.time_frames.clear();
    options_.name.clear();
    options_.metric_description.clear();
    options_.as_list = false;
  }

  void ask_further_events() {
    options_.events.resize(1);
    while (true) {
      const std::string answer =
          editor_.line("Known events to count together with it, by commas; empty: none", "", known_.event_names());
      const std::vector<std::string> events = words_of(answer);
      const auto unknown = std::find_if(events.begin(), events.end(),
                                        [&](const std::string &name) { return !known_.events.contains(name); });
      if (unknown == events.end()) {
        options_.events.insert(options_.events.end(), events.begin(), events.end());
        return;
      }
      std::cerr << style_.yellow(*unknown + " is not known.") << '\n';
    }
  }

  void ask_filters() {
    options_.filters = given_.filters;
    while (true) {
      std::vector<std::string> words;
      for (const std::string &property : properties()) words.push_back(property + "=");
      const std::string question = options_.filters.empty()
                                       ? "Only events with, such as label=npm,value=0; empty: all of them"
                                       : "Or with; empty: no more";
      const std::string answer = editor_.line(question, "", words);
      if (answer.empty()) return;
      const std::optional<core::Filter> filter = core::parse_filter(answer);
      if (filter && (filter->event.empty() || core::contains(options_.events, filter->event))) {
        options_.filters.push_back(answer);
      } else {
        std::cerr << style_.yellow("Write property=value, or event:property=value with one of the events.") << '\n';
      }
    }
  }

  void ask_name() {
    options_.name = given_.name;
    while (true) {
      const bool is_needed = !options_.filters.empty();
      options_.name = editor_.line(is_needed ? "Name of that in the key path, such as npm_package_published"
                                             : "Name of that in the key path; empty: the events' names",
                                   given_.name);
      if (is_generated_name(options_.name) || (options_.name.empty() && !is_needed)) return;
      std::cerr << style_.yellow("A name has lower-case letters, digits and _.") << '\n';
    }
  }

  void ask_time_frames() { options_.time_frames = words_of(editor_.choice("Over which time?", time_frame_choices())); }

  void ask_list() {
    options_.as_list =
        editor_.choice("In how many definitions?",
                       {{"one for each time frame", "separate"}, {"one with a list of time frames", "list"}}) == "list";
  }

  void ask_metric_description() {
    options_.metric_description = given_.metric_description;
    const std::string frame = options_.as_list || options_.time_frames.size() > 1 ? "" : options_.time_frames.front();
    const std::string composed = core::composed_description(metric_request(options_), frame);
    options_.metric_description = editor_.line("What the metric says; empty: " + composed, given_.metric_description);
  }

  void confirm() {
    std::cerr << '\n';
    try {
      plan_ = make_plan(CheckedOptions(options_), known_);
    } catch (const Failure &failure) {
      std::cerr << style_.red(failure.what()) << '\n' << failure.remedy << '\n';
      editor_.line("Enter: the question before; Ctrl-D: end");
      throw GoBack();
    }
    print_files(std::cerr, plan_, style_);
    const std::string answer = editor_.line(
        std::string(options_.dry_run ? "Is that all?" : "Write them?") + " y: yes, n: no, <: the question before", "y");
    if (answer == "n" || answer == "no") throw Failure("nothing is written, as you said");
    if (answer != "y" && answer != "yes") throw GoBack();
  }

  GenerateOptions &options_;
  GenerateOptions given_;  // what the command line said
  const KnownDefinitions &known_;
  Style style_;
  LineEditor editor_;
  bool counts_ = false;
  Plan plan_;
};

}  // namespace

Plan ask_for_plan(GenerateOptions &options, const KnownDefinitions &known) {
  return Questions(options, known).run();
}

}  // namespace internal_events::cli
