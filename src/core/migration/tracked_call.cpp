#include "core/migration/tracked_call.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

// A literal in single quotes, in which both backslash and quote need another sign before them.
std::string quoted(const std::string &text, char sign_before_quote) {
  std::string code = "'";
  for (const char c : text) {
    if (c == '\'') code += sign_before_quote;
    if (c == '\\' && sign_before_quote == '\\') code += '\\';
    code += c;
  }
  return code + '\'';
}

bool is_name(const std::string &text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_word_character);
}

// Collects the arguments of track_event() and the values that are bound to them.
class CallText {
 public:
  explicit CallText(Host host) : host_(host) {}

  void add(const std::string &parameter, const HostValue &value) {
    if (!arguments_.empty()) arguments_ += ", ";
    if (!parameter.empty()) arguments_ += parameter + " => ";
    if (value.text) {
      arguments_ += escaped(quoted(*value.text, '\''));
      return;
    }
    bound_.push_back(value.code);
    arguments_ += host_ == Host::python ? "%s" : "$" + std::to_string(bound_.size());
  }

  std::string write() const {
    const std::string sql = "\"SELECT track_event(" + arguments_ + ")\"";
    const std::string values = joined(bound_);
    if (host_ == Host::python) {
      const std::string tuple = bound_.size() == 1 ? values + ',' : values;
      return "cursor.execute(" + sql + (bound_.empty() ? ")" : ", (" + tuple + "))");
    }
    const std::string list = bound_.empty() ? "" : ", [" + values + "]";
    if (host_ == Host::node) return "await client.query(" + sql + list + ")";
    return "ActiveRecord::Base.connection.exec_query(" + sql + (list.empty() ? ")" : ", 'track_event'" + list + ")");
  }

 private:
  // A text of SQL within double quotes of the host.
  std::string escaped(const std::string &sql) const {
    std::string code;
    for (const char c : sql) {
      if (c == '"' || c == '\\' || (c == '#' && host_ == Host::ruby)) code += '\\';
      if (c == '%' && host_ == Host::python) code += '%';
      code += c;
    }
    return code;
  }

  Host host_;
  std::string arguments_;
  std::vector<std::string> bound_;
};

// The properties as an object of the host's language; empty where there are none.
std::string properties_object(const TrackedCall &call, Host host) {
  if (!call.properties_code.empty()) return call.properties_code;
  std::string members;
  for (const auto &[name, code] : call.properties) {
    if (!members.empty()) members += ", ";
    const std::string key = is_name(name) && host != Host::python ? name : quoted(name, '\\');
    const bool is_short = (host == Host::browser || host == Host::node) && code == name;
    members += is_short ? name : std::string(key).append(": ").append(code);
  }
  if (members.empty()) return "";
  return host == Host::python ? "{" + members + "}" : "{ " + members + " }";
}

// The object as the text of a jsonb.
std::string as_json(const std::string &object, Host host) {
  if (host == Host::python) return "json.dumps(" + object + ")";
  return host == Host::node ? "JSON.stringify(" + object + ")" : object + ".to_json";
}

std::string write_browser_call(const TrackedCall &call) {
  std::string arguments = call.event.code;
  const std::string properties = properties_object(call, Host::browser);
  if (!properties.empty() || call.category) arguments += ", " + (properties.empty() ? "{}" : properties);
  if (call.category) arguments += ", " + call.category->code;
  return (call.receiver.empty() ? "InternalEvents" : call.receiver) + ".trackEvent(" + arguments + ")";
}

}  // namespace

std::optional<HostValue> host_value(const std::string &code) {
  if (code == "nil" || code == "null" || code == "undefined" || code == "None") return std::nullopt;
  return HostValue{code, literal_text(code)};
}

void apply_rule(TrackedCall &call, const SelectionRule &rule) {
  if (call.event.text != rule.event) call.event = {quoted(rule.event, '\\'), rule.event};
  const nlohmann::json filter = rule.filter_json();
  for (const auto &[name, value] : filter.items()) {
    call.properties.emplace_back(name, value.is_string() ? quoted(value.get<std::string>(), '\\') : json_text(value));
  }
}

std::string write_call(const TrackedCall &call, Host host) {
  if (host == Host::browser) return write_browser_call(call);
  CallText statement(host);
  statement.add("", call.event);
  for (const auto &[parameter, code] : call.ids) statement.add(parameter, {code, std::nullopt});
  if (call.category) statement.add("category", *call.category);
  const std::string properties = properties_object(call, host);
  if (!properties.empty()) statement.add("additional_properties", {as_json(properties, host), std::nullopt});
  return statement.write();
}

}  // namespace internal_events::core
