#include "core/migration/metric_migration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/definitions/schema.hpp"
#include "core/json.hpp"
#include "core/yaml/yaml_edit.hpp"
#include "core/yaml/yaml_writer.hpp"

namespace internal_events::core {
namespace {

// Lines that replace others.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

// How a file writes the items of its lists: the blanks before the dash.
std::string list_indent(const YamlNode &root, const MemberLines &options) {
  const YamlNode *written = member_of(root, "options");
  const YamlNode *events = written == nullptr ? nullptr : member_of(*written, "events");
  std::vector<const YamlNode *> lists = {events};
  for (const YamlNode &member : root.children) lists.push_back(&member);
  for (const YamlNode *list : lists) {
    if (list == nullptr || list->type != YamlNode::Type::sequence || list->children.empty()) continue;
    const YamlNode &item = list->children.front();
    // An item of a list in brackets stands in the line of its key, or is no measure.
    const int dash = item.position.column - list->position.column - 2;
    if (item.position.line > list->position.line && (dash == 0 || dash == 2)) {
      return options.indent + std::string(static_cast<std::size_t>(dash), ' ');
    }
  }
  return options.indent + "  ";
}

// Writes the list of events in place of the options, with the comments that stood there.
class EventsBlock {
 public:
  EventsBlock(std::string_view text, const YamlNode &root, const MemberLines &options)
      : comments_(comments_in(text, options)),
        key_indent_(options.indent),
        item_indent_(list_indent(root, options)),
        line_end_(options.line_end) {
    const YamlNode *events = member_of(*member_of(root, "options"), "events");
    if (events == nullptr) return;
    list_line_ = events->position.line;
    // Where several items share a line, nobody can tell whose comment it is.
    for (const YamlNode &item : events->children) {
      if (item.position.line > list_line_ && item.position.line > last_item_) last_item_ = item.position.line;
    }
  }

  std::string write(const std::vector<LegacyRule> &rules) {
    std::string items;
    for (const LegacyRule &each : rules) {
      const bool has_line = each.line > list_line_;
      if (has_line) items += comments_before(each.line);
      items += write_rule(each.rule, has_line ? comment_beside(each.line) : "");
    }
    items += comments_before(last_item_ + 1);
    // What is left stood beside other options.
    std::string above;
    for (const YamlComment &comment : comments_) above += key_indent_ + comment.text + line_end_;
    return above + key_indent_ + "events:" + line_end_ + items;
  }

 private:
  std::string line(const std::string &content) const { return item_indent_ + content + line_end_; }

  std::string write_rule(const SelectionRule &rule, const std::string &comment) const {
    std::string text = line("- name: " + yaml_scalar(rule.event) + (comment.empty() ? "" : " " + comment));
    if (!rule.unique.empty()) text += line("  unique: " + yaml_scalar(rule.unique));
    const nlohmann::json filter = rule.filter_json();
    if (!filter.empty()) text += line("  filter:");
    for (const auto &[name, value] : filter.items()) {
      text += line("    " + yaml_scalar(name) + ": " +
                   (value.is_string() ? yaml_scalar(value.get<std::string>()) : json_text(value)));
    }
    return text;
  }

  // Takes the comments that stand alone in the list above a line.
  std::string comments_before(int line_number) {
    std::string text;
    std::erase_if(comments_, [&](const YamlComment &comment) {
      const bool is_above =
          comment.is_alone && comment.line > list_line_ && comment.line < line_number && list_line_ > 0;
      if (is_above) text += line(comment.text);
      return is_above;
    });
    return text;
  }

  // Takes the comment beside an item.
  std::string comment_beside(int line_number) {
    const auto found = std::find_if(comments_.begin(), comments_.end(), [&](const YamlComment &comment) {
      return comment.line == line_number && !comment.is_alone;
    });
    if (found == comments_.end()) return "";
    std::string text = std::move(found->text);
    comments_.erase(found);
    return text;
  }

  std::vector<YamlComment> comments_;
  std::string key_indent_;
  std::string item_indent_;
  std::string line_end_;
  int list_line_ = 0;
  int last_item_ = 0;
};

// The comments of lines that go, as lines of their own.
std::string kept_comments(std::string_view text, const MemberLines &lines) {
  std::string kept;
  for (const YamlComment &comment : comments_in(text, lines)) kept += lines.indent + comment.text + lines.line_end;
  return kept;
}

// The new value of data_source, in the quotes of the old one; none where the old one is not to be seen.
std::optional<Edit> edit_of_source(std::string_view text, const MemberLines &lines, const std::string &old_source) {
  const std::size_t value = value_of_member(text, lines);
  const std::size_t at = text.find(old_source, value);
  if (at == std::string_view::npos || at >= lines.end) return std::nullopt;
  return Edit{at, at + old_source.size(), "internal_events"};
}

// Every change of a file, the last one first, so that none moves another; none where a member that changes does not
// begin its line.
std::optional<std::vector<Edit>> edits_of(const std::string &text, const YamlNode &root, const LegacyMetric &metric,
                                          const std::string &old_source) {
  std::vector<Edit> edits;
  for (const char *key : {"data_source", "events", "instrumentation_class", "options"}) {
    const YamlNode *member = member_of(root, key);
    if (member == nullptr || (member->key == "events" && metric.has_events)) continue;
    const std::optional<MemberLines> lines = lines_of_member(text, root, *member);
    if (!lines) return std::nullopt;
    std::optional<Edit> edit;
    if (member->key == "data_source") {
      edit = edit_of_source(text, *lines, old_source);
      if (!edit) return std::nullopt;
    } else {
      const bool is_replaced = member->key == "options" && !metric.has_events;
      edit = Edit{lines->begin, lines->end,
                  is_replaced ? EventsBlock(text, root, *lines).write(metric.rules) : kept_comments(text, *lines)};
    }
    edits.push_back(*std::move(edit));
  }
  std::sort(edits.begin(), edits.end(), [](const Edit &a, const Edit &b) { return a.begin > b.begin; });
  return edits;
}

// What the rewritten file has to say.
nlohmann::json expected_json(nlohmann::json json, const LegacyMetric &metric) {
  json["data_source"] = "internal_events";
  json.erase("instrumentation_class");
  json.erase("options");
  if (metric.has_events) return json;
  nlohmann::json events = nlohmann::json::array();
  for (const LegacyRule &each : metric.rules) {
    nlohmann::json event = each.rule.to_json();
    event["name"] = event["event"];
    event.erase("event");
    events.push_back(std::move(event));
  }
  json["events"] = std::move(events);
  return json;
}

// Whether a rewritten text says what it has to, whatever the edits have met in the old one.
bool says(const std::string &text, const nlohmann::json &expected) {
  Problems problems;
  const std::optional<Document> document = read_document(text, schema_of(Kind::metric), problems);
  return document && problems.empty() && document->json == expected;
}

Refusal unusual_layout(const Document &document) {
  return {document.position_of(JsonPointer("/data_source")),
          "is laid out so that its lines cannot be replaced one by one",
          "Write each of its keys at the beginning of a line, without anchors, and run again"};
}

}  // namespace

std::variant<MigratedMetric, Refusal> migrate_metric(const std::string &text, const MigrationNames &names) {
  Problems problems;
  const std::optional<Document> document = read_document(text, schema_of(Kind::metric), problems);
  const std::optional<YamlNode> root = read_yaml(text, problems);
  if (!document || !root) return Refusal{{}, "cannot be read", "See internal-events validate"};
  std::variant<LegacyMetric, Refusal> read = read_legacy_metric(*document, names);
  if (const auto *refusal = std::get_if<Refusal>(&read)) return *refusal;
  auto &metric = std::get<LegacyMetric>(read);
  const std::string old_source = document->json.at("data_source").get<std::string>();
  std::optional<std::vector<Edit>> edits = edits_of(text, *root, metric, old_source);
  if (!edits) return unusual_layout(*document);
  MigratedMetric migrated{text, {}, std::move(metric.notes)};
  for (const Edit &edit : *edits) migrated.text.replace(edit.begin, edit.end - edit.begin, edit.text);
  if (!text.ends_with('\n') && migrated.text.ends_with('\n')) migrated.text.pop_back();
  if (!says(migrated.text, expected_json(document->json, metric))) return unusual_layout(*document);
  for (LegacyRule &each : metric.rules) migrated.rules.push_back(std::move(each.rule));
  return migrated;
}

}  // namespace internal_events::core
