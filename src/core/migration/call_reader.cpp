#include "core/migration/call_reader.hpp"

#include <algorithm>
#include <array>

#include "core/redis/redis_names.hpp"

namespace internal_events::core {
namespace {

constexpr const char *computed_name = "the name is computed: define every event that it can be";

// What the arguments of a structured event without names are, in their order.
constexpr std::array<const char *, 5> positions = {"category", "action", "label", "property", "value"};

// Takes the name of the event; refuses what is none, or a list that is unfolded.
bool set_event(TrackedCall &call, const std::string &code) {
  const std::optional<HostValue> value = host_value(code);
  if (!value || code.starts_with('*') || code.starts_with("...")) return false;
  call.event = *value;
  if (!value->text) call.look_at.emplace_back(computed_name);
  return true;
}

// Takes a property, unless it is nil. Snowplow's trackers make text of anything; track_event() refuses an event then.
void take_property(TrackedCall &call, const std::string &name, const std::string &code) {
  const std::optional<HostValue> value = host_value(code);
  if (!value) return;
  call.properties.emplace_back(name, code);
  if (name == "value") {
    if (value->text) call.look_at.emplace_back("value has to be a number");
  } else if (name != "label" && name != "property") {
    call.look_at.push_back("declare the property " + name + " in the event's definition");
  } else if (!value->text) {
    call.look_at.push_back(name + " has to be text");
  }
}

// The id of an object that may be nil.
std::string id_of(const std::string &code) {
  const bool is_simple = std::none_of(code.begin(), code.end(), [](char c) { return c == ' ' || c == '\n'; });
  return (is_simple ? code : "(" + on_one_line(code) + ")") + "&.id";
}

}  // namespace

bool CallReader::read_unique(const Arguments &arguments, const std::string & /*receiver*/, TrackedCall &call) const {
  if (arguments.empty() || !arguments[0].key.empty() || !set_event(call, arguments[0].value)) return false;
  const ResolvedEvent resolved = resolve_unique(names_, call.event.text.value_or(""));
  if (call.event.text) apply_rule(call, resolved.rule);
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i].key != "values") {
      const std::string name = arguments[i].key.empty() ? arguments[i].text : arguments[i].key;
      call.look_at.push_back(name + " is left out" + (name == "time" ? "; occurred_at takes a time" : ""));
      continue;
    }
    add_identifier(call, resolved, arguments[i].value);
  }
  return true;
}

bool CallReader::read_total(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const {
  if (arguments.size() != 1 || !set_event(call, arguments[0].value) || !call.event.text) return false;
  const std::string prefix = prefix_of_counter_class(receiver);
  const auto renamed = names_.redis.rule_of_total(redis_key_of_total(prefix, *call.event.text, true));
  const std::string name = prefix.empty() ? *call.event.text : prefix + '_' + *call.event.text;
  apply_rule(call, renamed.value_or(SelectionRule{name, "", "{}", ""}));
  if (!renamed) call.look_at.push_back("the prefix is taken from the name of " + receiver + "; its code has it");
  return true;
}

bool CallReader::read_struct(const Arguments &arguments, const std::string & /*receiver*/, TrackedCall &call) const {
  std::size_t position = 0;
  for (const Argument &argument : arguments) {
    if (argument.value.starts_with("**") || argument.value.starts_with("...")) {
      call.look_at.push_back("what " + argument.value + " holds has to be written out");
      continue;
    }
    if (const auto members = is_script() && argument.key.empty() ? object(argument.value) : std::nullopt) {
      for (const Argument &member : *members) take(call, member.key.empty() ? member.value : member.key, member.value);
      continue;
    }
    if (is_script() && argument.key.empty() && position == 2) {
      call.properties_code = argument.value;
      call.look_at.push_back(argument.value + " may hold label, property, value and custom properties, nothing else");
      continue;
    }
    if (argument.key.empty() && position >= positions.size()) return false;
    take(call, argument.key.empty() ? positions[position++] : argument.key, argument.value);
  }
  return !call.event.code.empty();
}

bool CallReader::read_positions(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const {
  Arguments named = arguments;
  for (std::size_t i = 0; i < std::min(named.size(), positions.size()); ++i) {
    if (named[i].key.empty() && !named[i].value.starts_with('{')) named[i].key = positions[i];
  }
  return read_struct(named, receiver, call);
}

bool CallReader::read_tag(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const {
  if (arguments.empty()) return false;
  return read_positions({arguments.begin() + 1, arguments.end()}, receiver, call);
}

bool CallReader::read_name(const Arguments &arguments, const std::string & /*receiver*/, TrackedCall &call) const {
  if (arguments.empty() || !set_event(call, arguments[0].value)) return false;
  if (call.event.text) apply_rule(call, resolve_unique(names_, *call.event.text).rule);
  return true;
}

bool CallReader::read_mixin(const Arguments &arguments, const std::string &receiver, TrackedCall &call) const {
  if (arguments.empty() || arguments.size() > 2) return false;
  std::vector<Argument> all = {{"", "undefined", "undefined"}};
  all.insert(all.end(), arguments.begin(), arguments.end());
  call.receiver = "this";
  call.look_at.emplace_back("what the component's tracking and Tracking.mixin() add has to be written out");
  return read_struct(all, receiver, call);
}

bool CallReader::read_filter(const Arguments & /*arguments*/, const std::string & /*receiver*/,
                             TrackedCall &call) const {
  call.look_at.emplace_back("track the event of name: in an after_action of these actions");
  return false;
}

bool CallReader::is_script() const {
  return source_.language() == Language::javascript || source_.language() == Language::vue;
}

std::optional<CallReader::Arguments> CallReader::object(const std::string &value) const {
  return literal_members(value, source_.language());
}

void CallReader::take(TrackedCall &call, const std::string &name, const std::string &code) const {
  if (name == "action") {
    set_event(call, code);
  } else if (name == "category") {
    call.category = host_value(code);
  } else if (name == "user" || name == "project" || name == "namespace") {
    if (host_value(code)) call.ids.emplace_back(name + "_id", id_of(code));
  } else if (name == "context" || name == "experiment" || name == "tstamp" || name == "timestamp") {
    call.look_at.push_back(name + " is left out" + (name == "context" ? ": forwarding adds the standard context" : ""));
  } else if (const auto members = name == "extra" ? object(code) : std::nullopt) {
    for (const Argument &member : *members)
      take_property(call, member.key.empty() ? member.value : member.key, member.value);
  } else {
    take_property(call, name, code);
  }
}

void CallReader::add_identifier(TrackedCall &call, const ResolvedEvent &resolved, const std::string &code) {
  const std::string &unique = resolved.rule.unique;
  const std::size_t dot = unique.find(".id");
  if (dot != std::string::npos)
    call.ids.emplace_back(unique.substr(0, dot) + "_id", code);
  else
    call.properties.emplace_back(unique, code);
  if (resolved.is_assumed) call.look_at.push_back("values: is taken for " + unique + "; --identifier says otherwise");
  if (code.starts_with('[')) call.look_at.emplace_back("it is a list: call track_event() for each of its elements");
}

}  // namespace internal_events::core
