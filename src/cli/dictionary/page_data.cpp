#include "cli/dictionary/page_data.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/dictionary/presentation.hpp"
#include "cli/words.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"

namespace internal_events::cli::dictionary {
namespace {

using core::member_of;
using core::text_of;
using nlohmann::json;

// A text, with a link where it is an address that a browser may follow: a definition could say javascript: as well.
PageData linked(const std::string &value) {
  const bool is_address = value.starts_with("https://") || value.starts_with("http://");
  PageData linked = no_members();
  linked.set("address", PageData(is_address));
  linked.set("item", value);
  return linked;
}

}  // namespace

PageData no_rows() {
  return PageData(PageData::type::list);
}

PageData no_members() {
  return PageData(PageData::type::object);
}

PageData text(const std::string &value) {
  return value.empty() ? PageData(false) : PageData(value);
}

PageData parts_of(const std::string &name) {
  PageData parts = no_rows();
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find_first_of("._:-", begin), name.size() - 1) + 1;
    parts << PageData("part", name.substr(begin, end - begin));
    begin = end;
  }
  return parts;
}

PageData items_of(const json &values) {
  PageData items = no_rows();
  for (const json &value : values) {
    if (!value.is_null()) items << linked(readable(value));
  }
  return items;
}

const json &tiers_of(const json &definition) {
  const json &tiers = member_of(definition, "tiers");
  return tiers.is_null() ? member_of(definition, "tier") : tiers;
}

PageData facts_of(const json &definition, const std::vector<std::pair<const char *, const char *>> &keys) {
  PageData facts = no_rows();
  for (const auto &[key, name] : keys) {
    const json &value = member_of(definition, key);
    if (value.empty() || value == "") continue;
    PageData fact = no_members();
    fact.set("fact", name);
    fact.set("items", items_of(value.is_object() ? json::array({value}) : value));
    facts << fact;
  }
  return facts;
}

void set_definition(PageData &page, const Definition &definition) {
  page.set("description", text(text_of(definition.json, "description")));
  page.set("path", text(definition.path));
  page.set("yaml", definition.text);
  page.set("is_built_in", PageData(definition.is_built_in));
}

void set_history(PageData &page, const Loaded &loaded, const std::string &unit, bool is_additive,
                 const Source &source) {
  PageData days = no_rows();
  for (const Day &day : loaded.history) {
    PageData row = no_members();
    row.set("date", day.date);
    row.set("number", text(day.value.value_or("")));
    row.set("shown", grouped(day.value.value_or("merged")));
    row.set("is_today", PageData(day.date == source.today));
    days << row;
  }
  page.set("days", days);
  page.set("has_history", PageData(!loaded.history.empty()));
  page.set("unit", unit);
  page.set("summary", summary_of(loaded.history, is_additive));
}

}  // namespace internal_events::cli::dictionary
