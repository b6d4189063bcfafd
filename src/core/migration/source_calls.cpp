#include "core/migration/source_calls.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/migration/call_reader.hpp"
#include "core/migration/track_attributes.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

constexpr const char *strange_arguments = "its arguments are not the usual ones; rewrite it by hand";

// A call to look for: the word that it is found by, what has to stand before it, and how it is read.
struct Pattern {
  std::string_view word;
  std::string_view before;  // the end of what stands before the word; "\n": the word begins a line
  const char *kind;
  CallReader::Method reader;
  std::string_view only_in{};  // what a file has to hold for the word to mean this
};

constexpr std::array<Pattern, 6> ruby_patterns = {{
    {"track_event", "HLLRedisCounter.", "HLLRedisCounter.track_event", &CallReader::read_unique},
    {"track_event_in_context", "HLLRedisCounter.", "HLLRedisCounter.track_event", &CallReader::read_unique},
    {"count", "Counter.", "Counter.count", &CallReader::read_total},
    {"event", "Tracking.", "Tracking.event", &CallReader::read_struct},
    {"track_redis_hll_event", "\n", "track_redis_hll_event", &CallReader::read_filter},
    {"track_event", "\n", "ProductAnalyticsTracking", &CallReader::read_filter, "ProductAnalyticsTracking"},
}};
constexpr std::array<Pattern, 1> backend_patterns = {{
    {"track_struct_event", "", "track_struct_event", &CallReader::read_struct},
}};
constexpr std::array<Pattern, 6> script_patterns = {{
    {"event", "Tracking.", "Tracking.event", &CallReader::read_struct},
    {"trackStructEvent", "", "trackStructEvent", &CallReader::read_positions},
    {"buildStructEvent", "", "buildStructEvent", &CallReader::read_struct},
    {"trackRedisHllUserEvent", "", "trackRedisHllUserEvent", &CallReader::read_name},
    {"trackRedisCounterEvent", "", "trackRedisCounterEvent", &CallReader::read_name},
    {"track", "this.", "Tracking.mixin", &CallReader::read_mixin, "Tracking.mixin"},
}};

// Finds the calls of one file.
class Finder {
 public:
  Finder(const SourceText &source, const MigrationNames &names) : source_(source), reader_(source, names) {}

  std::vector<SourceCall> find() {
    const Language language = source_.language();
    const bool is_script = language == Language::javascript || language == Language::vue;
    if (is_script) {
      for (const Pattern &pattern : script_patterns) find_pattern(pattern);
    } else if (language != Language::python) {
      for (const Pattern &pattern : ruby_patterns) find_pattern(pattern);
    }
    if (!is_script) find_pattern(backend_patterns[0]);
    std::vector<SourceCall> attributes = find_track_attributes(source_);
    std::move(attributes.begin(), attributes.end(), std::back_inserter(calls_));
    std::sort(calls_.begin(), calls_.end(), [](const SourceCall &a, const SourceCall &b) {
      return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
    });
    return std::move(calls_);
  }

 private:
  void find_pattern(const Pattern &pattern) {
    if (source_.text().find(pattern.only_in) == nowhere) return;
    for (std::size_t at = source_.find_word(pattern.word, 0); at != nowhere;
         at = source_.find_word(pattern.word, at + 1)) {
      const std::string_view before = source_.text().substr(0, at);
      if (fits(before, pattern.before) && !is_definition(before)) add(pattern, at);
    }
  }

  // Whether what stands before a word is what a pattern wants, and not the end of a longer name; counters are called
  // SomethingCounter.
  static bool fits(std::string_view before, std::string_view wanted) {
    if (wanted == "\n") {
      const std::size_t last = before.find_last_not_of(" \t");
      return last == nowhere || before[last] == '\n';
    }
    if (!before.ends_with(wanted)) return false;
    if (wanted.empty() || wanted == "Counter." || before.size() == wanted.size()) return true;
    return !is_word_character(before[before.size() - wanted.size() - 1]);
  }

  // Whether a name is being defined or imported, not called.
  static bool is_definition(std::string_view before) {
    return before.ends_with("def ") || before.ends_with("function ") || before.ends_with("def self.") ||
           before.ends_with(':') || before.ends_with('#');
  }

  // The name before the dot, with its modules: Gitlab::Tracking.
  std::size_t begin_of_receiver(std::size_t at) const {
    const std::string_view text = source_.text();
    const auto is_part = [](char c) { return is_word_character(c) || c == ':' || c == '.' || c == '@'; };
    while (at > 0 && is_part(text[at - 1])) --at;
    return at;
  }

  void add(const Pattern &pattern, std::size_t at) {
    const std::string_view text = source_.text();
    std::size_t name_end = at + pattern.word.size();
    std::size_t begin = begin_of_receiver(at);
    CallReader::Method reader = pattern.reader;
    const bool is_tag = at > 0 && (text[at - 1] == '\'' || text[at - 1] == '"');
    if (is_tag) {
      // snowplow('trackStructEvent', ...): the word is the first argument.
      const std::size_t open = text.rfind('(', at);
      if (open == nowhere || !text.substr(0, open).ends_with("snowplow")) return;
      begin = begin_of_receiver(open);
      name_end = open;
      reader = &CallReader::read_tag;
    }
    const std::optional<Arguments> arguments = source_.arguments_at(name_end);
    const bool is_call = text.substr(name_end).starts_with('(') || text.substr(name_end).starts_with(' ');
    if (!is_call || (!arguments && text[name_end] != '(')) return;
    // Any class may have a method count; a counter is given a name.
    const bool is_name = arguments && arguments->list.size() == 1 && literal_text(arguments->list[0].value);
    if (reader == &CallReader::read_total && !is_name) return;
    const std::size_t end = arguments ? arguments->end : std::min(text.find('\n', at), text.size());
    SourceCall call{source_.position(begin), pattern.kind, on_one_line(text.substr(begin, end - begin)), "", "", {}};
    understand(call, pattern, reader, arguments, receiver_of(begin, at));
    calls_.push_back(std::move(call));
  }

  // The class that a method is called of.
  std::string receiver_of(std::size_t begin, std::size_t at) const {
    if (at == begin) return "";
    const std::string receiver(source_.text().substr(begin, at - begin - 1));
    return receiver.substr(receiver.rfind(':') + 1);
  }

  void understand(SourceCall &call, const Pattern &pattern, CallReader::Method reader,
                  const std::optional<Arguments> &arguments, const std::string &receiver) const {
    TrackedCall tracked;
    const bool is_read = arguments && (reader_.*reader)(arguments->list, receiver, tracked);
    call.look_at = std::move(tracked.look_at);
    if (!is_read) {
      if (call.look_at.empty()) call.look_at.emplace_back(strange_arguments);
      return;
    }
    call.event = tracked.event.text.value_or("");
    call.replacement = on_one_line(write_call(tracked, host_of(pattern)));
  }

  Host host_of(const Pattern &pattern) const {
    if (source_.language() == Language::python) return Host::python;
    if (std::string_view(pattern.kind) == "buildStructEvent") return Host::node;
    const bool is_script = source_.language() == Language::javascript || source_.language() == Language::vue;
    return is_script ? Host::browser : Host::ruby;
  }

  const SourceText &source_;
  CallReader reader_;
  std::vector<SourceCall> calls_;
};

}  // namespace

std::optional<Language> language_of_extension(std::string_view extension) {
  constexpr std::array<std::pair<std::string_view, Language>, 17> languages = {{
      {"rb", Language::ruby},
      {"rake", Language::ruby},
      {"ru", Language::ruby},
      {"haml", Language::haml},
      {"slim", Language::haml},
      {"erb", Language::markup},
      {"html", Language::markup},
      {"htm", Language::markup},
      {"vue", Language::vue},
      {"js", Language::javascript},
      {"mjs", Language::javascript},
      {"cjs", Language::javascript},
      {"jsx", Language::javascript},
      {"ts", Language::javascript},
      {"tsx", Language::javascript},
      {"py", Language::python},
      {"svelte", Language::vue},
  }};
  for (const auto &[known, language] : languages) {
    if (known == extension) return language;
  }
  return std::nullopt;
}

std::vector<SourceCall> find_calls(std::string_view text, Language language, const MigrationNames &names) {
  const SourceText source(text, language);
  return Finder(source, names).find();
}

}  // namespace internal_events::core
