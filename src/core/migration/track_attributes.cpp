#include "core/migration/track_attributes.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"

namespace internal_events::core {
namespace {

// What an old attribute is called now; a name that stands for nothing has to be looked at.
struct Renamed {
  std::string_view old_name;
  std::string_view new_name;
};
constexpr std::array<Renamed, 7> names = {{{"action", "event-tracking"},
                                           {"label", "event-label"},
                                           {"property", "event-property"},
                                           {"value", "event-value"},
                                           {"extra", "event-additional"},
                                           {"experiment", ""},
                                           {"context", ""}}};

// An attribute, and what it is set to.
struct Attribute {
  std::string text;        // as written
  std::string name;        // action, label ...
  std::string value;       // as written, in its quotes
  std::size_t name_begin;  // of track-action in the text
};

// The part of an attribute's name after track- or track_; empty where it is none of ours.
std::string part_after_track(std::string_view name) {
  const std::size_t at = name.find("track");
  if (at == nowhere || at + 6 > name.size() || (name[at + 5] != '-' && name[at + 5] != '_')) return "";
  const std::string part(name.substr(at + 6));
  const bool is_known =
      std::any_of(names.begin(), names.end(), [&](const Renamed &renamed) { return renamed.old_name == part; });
  const std::string_view before = name.substr(0, at);
  const bool is_attribute =
      before.empty() || before == "data-" || before == ":data-" || before == "v-bind:data-" || before == "data_";
  return is_known && is_attribute ? part : "";
}

// The attribute's new text; nothing where it has no successor.
std::string renamed(const Attribute &attribute) {
  for (const Renamed &name : names) {
    if (name.old_name != attribute.name || name.new_name.empty()) continue;
    std::string new_name(name.new_name);
    if (attribute.text[attribute.name_begin + 5] == '_') std::replace(new_name.begin(), new_name.end(), '-', '_');
    std::string text = attribute.text;
    return text.replace(attribute.name_begin, 6 + attribute.name.size(), new_name);
  }
  return "";
}

// The attribute that makes an event of an element's appearance, in the way of another one.
std::string load_attribute(const Attribute &action) {
  if (action.text.find('=') != nowhere && action.text.find("=>") == nowhere) return "data-event-tracking-load=\"true\"";
  if (action.text[action.name_begin + 5] == '_') return "event_tracking_load: true";
  const std::string prefix = action.text.find("data-track") == nowhere ? "" : "data-";
  const std::string sign = action.text.find("=>") == nowhere ? ": " : " => ";
  return "'" + prefix + "event-tracking-load'" + sign + "true";
}

// Makes one call of the attributes of an element; `glue` stands between two of them.
SourceCall call_of(const std::vector<Attribute> &attributes, Position position, const std::string &glue) {
  SourceCall call{position, "data-track-action", "", "", "", {}};
  const auto append = [&](std::string &text, const std::string &piece) { text += (text.empty() ? "" : glue) + piece; };
  for (const Attribute &attribute : attributes) {
    append(call.found, on_one_line(attribute.text));
    const std::string text = renamed(attribute);
    if (text.empty()) {
      call.look_at.push_back(attribute.name + " has no successor: make it a property, or leave it out");
      continue;
    }
    append(call.replacement, on_one_line(text));
    if (attribute.name == "extra") call.look_at.emplace_back("declare what extra holds as properties of the event");
    if (attribute.name != "action") continue;
    call.event = literal_text(attribute.value).value_or("");
    const bool is_bound = attribute.text.starts_with(':') || attribute.text.starts_with("v-bind:") ||
                          call.event.find("<%") != nowhere || call.event.find("{{") != nowhere;
    if (is_bound) call.event.clear();
    if (call.event.empty()) call.look_at.emplace_back("the name is computed: define every event that it can be");
    if (call.event != "render") continue;
    append(call.replacement, load_attribute(attribute));
    call.look_at.emplace_back("render says nothing of what is shown: give the event a name of its own");
  }
  return call;
}

// The element that the byte is in: from its < to its >.
std::pair<std::size_t, std::size_t> tag_around(std::string_view text, std::size_t at, Language language) {
  if (language == Language::haml) {
    const std::size_t end = text.find('\n', at);
    return {text.rfind('\n', at) + 1, end == nowhere ? text.size() : end};
  }
  std::size_t begin = text.rfind('<', at);
  while (begin != nowhere && begin > 0 && (begin + 1 >= text.size() || !is_word_character(text[begin + 1]))) {
    begin = text.rfind('<', begin - 1);
  }
  std::size_t end = at;
  char quote = '\0';
  for (; end < text.size(); ++end) {
    if (quote != '\0') {
      if (text[end] == quote) quote = '\0';
    } else if (text[end] == '"' || text[end] == '\'') {
      quote = text[end];
    } else if (text[end] == '>') {
      break;
    }
  }
  return {begin == nowhere ? 0 : begin, end};
}

// Where the value of an attribute ends; what a template computes in it may hold quotes of its own.
std::size_t after_value(std::string_view text, std::size_t at) {
  const bool is_quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
  const std::string closing = is_quoted ? std::string(1, text[at]) : " \t\r\n>)";
  for (at += is_quoted ? 1 : 0; at < text.size(); ++at) {
    const std::size_t end = text.substr(at).starts_with("<%") ? text.find("%>", at) : nowhere;
    if (end != nowhere)
      at = end + 1;
    else if (closing.find(text[at]) != nowhere)
      return at + (is_quoted ? 1 : 0);
  }
  return at;
}

// The attributes of ours between two bytes.
std::vector<Attribute> attributes_in(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_name_character = [](char c) { return is_word_character(c) || c == '-' || c == ':'; };
  std::vector<Attribute> found;
  for (std::size_t at = text.find("data-track-", begin); at < end; at = text.find("data-track-", at + 1)) {
    std::size_t name = at;
    while (name > begin && is_name_character(text[name - 1])) --name;
    std::size_t name_end = at;
    while (name_end < end && is_name_character(text[name_end])) ++name_end;
    const std::string part = part_after_track(text.substr(name, name_end - name));
    if (part.empty() || name_end >= end || text[name_end] != '=') continue;
    const std::size_t value_end = after_value(text, name_end + 1);
    found.push_back({std::string(text.substr(name, value_end - name)), part,
                     std::string(text.substr(name_end + 1, value_end - name_end - 1)), at + 5 - name});
  }
  return found;
}

// The members of ours of a hash or an object.
std::vector<Attribute> members_of_ours(const Arguments &members) {
  std::vector<Attribute> found;
  for (const Argument &member : members.list) {
    const std::string part = part_after_track(member.key);
    if (!part.empty()) found.push_back({member.text, part, member.value, member.text.find("track")});
  }
  return found;
}

// Where the name begins of which a word is a part.
std::size_t begin_of_name(std::string_view text, std::size_t at) {
  while (at > 0 && (is_word_character(text[at - 1]) || text[at - 1] == '-' || text[at - 1] == ':')) --at;
  return at;
}

// The first sign after a word and its closing quote.
std::string_view sign_after(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  while (at < text.size() && text[at] == ' ') ++at;
  return text.substr(std::min(at, text.size()), 2);
}

}  // namespace

std::vector<SourceCall> find_track_attributes(const SourceText &source) {
  std::vector<SourceCall> calls;
  const std::string_view text = source.text();
  for (const std::string word : {"track-action", "track_action"}) {
    for (std::size_t at = source.find_word(word, 0); at != nowhere; at = source.find_word(word, at + 1)) {
      const std::string_view sign = sign_after(text, at + word.size());
      const bool is_hash = sign == "=>" || (sign.starts_with(':') && sign != "::");
      const bool is_selector = at >= 6 && text.substr(at - 6, 6) == "[data-";
      std::vector<Attribute> attributes;
      if (is_hash) {
        if (const auto members = source.members_around(at)) attributes = members_of_ours(*members);
      } else if (sign.starts_with('=') && !is_selector && word == "track-action") {
        const auto [begin, end] = tag_around(text, at, source.language());
        attributes = attributes_in(text, begin, end);
      } else {
        continue;
      }
      SourceCall call = call_of(attributes, source.position(begin_of_name(text, at)), is_hash ? ", " : " ");
      if (attributes.empty()) {
        call.found = on_one_line(text.substr(at, text.find('\n', at) - at));
        call.look_at.emplace_back("the element does not end where it seems to; rewrite its attributes by hand");
      }
      calls.push_back(std::move(call));
    }
  }
  return calls;
}

}  // namespace internal_events::core
