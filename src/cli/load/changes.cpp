#include "cli/load/changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/json.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::cli {
namespace {

// What became of a definition; a removed one that is active again is new.
Action action_of(const StoredDefinition *before, const StoredDefinition &after) {
  if (before == nullptr || (before->is_removed && !after.is_removed)) return Action::added;
  if (!before->is_removed && after.is_removed) return Action::removed;
  return before->content == after.content ? Action::unchanged : Action::changed;
}

const StoredDefinition *find(const StoredDefinitions &definitions, const DefinitionName &name) {
  const auto found = definitions.find(name);
  return found == definitions.end() ? nullptr : &found->second;
}

// The name of an instrumentation, as core::identify() gives it to a file.
std::string instrumentation_name(const std::string &instrumentation_class, const Value &options) {
  if (!options) return instrumentation_class;
  return instrumentation_class + ' ' + core::json_text(core::canonical_value(core::parse_json(*options)));
}

}  // namespace

DefinitionName name_of(const core::CheckedFile &file) {
  if (!file.identity) return {"value_schema", file.name};
  switch (file.identity->kind) {
    case core::Kind::event:
      return {"event", file.identity->name};
    case core::Kind::metric:
      return {"metric", file.identity->name};
    case core::Kind::instrumentation:
      return {"instrumentation", file.identity->name};
  }
  return {};
}

StoredDefinitions stored_definitions(Database &database) {
  StoredDefinitions stored;
  for (Row &row : database.run(
           "SELECT 'event', d.name, NULL, d.definition::text, d.path, d.status = 'removed' "
           "  FROM internal_events.event_definitions d "
           " UNION ALL "
           "SELECT 'metric', d.key_path, NULL, d.definition::text, d.path, d.status = 'removed' "
           "  FROM internal_events.metric_definitions d "
           " UNION ALL "
           "SELECT 'instrumentation', i.instrumentation_class, nullif(i.options, 'null')::text, i.definition::text, "
           "       i.path, false "
           "  FROM internal_events.instrumentations i "
           " UNION ALL "
           "SELECT 'value_schema', s.path, NULL, s.schema::text, s.path, false FROM internal_events.value_schemas s")) {
    const DefinitionName name{*row[0], instrumentation_name(*row[1], row[2])};
    stored[name] = {*row[3], row[4].value_or(""), *row[1], row[2], row[5] == "t"};
  }
  return stored;
}

std::size_t Changes::count(Action action) const {
  return static_cast<std::size_t>(
      std::count_if(list.begin(), list.end(), [&](const Change &change) { return change.action == action; }));
}

Changes compare(const StoredDefinitions &before, const StoredDefinitions &after,
                const std::map<DefinitionName, std::string> &files) {
  Changes changes;
  for (const auto &[name, path] : files) {
    changes.list.push_back({action_of(find(before, name), after.at(name)), name, path});
  }
  for (const auto &[name, definition] : before) {
    if (definition.is_removed || files.count(name) > 0) continue;
    const StoredDefinition *now = find(after, name);
    if (now != nullptr && !now->is_removed) {
      ++changes.without_file;
    } else {
      changes.list.push_back({Action::removed, name, definition.path});
    }
  }
  std::sort(changes.list.begin(), changes.list.end(), [](const Change &a, const Change &b) {
    return std::tie(a.action, a.path, a.definition) < std::tie(b.action, b.path, b.definition);
  });
  return changes;
}

}  // namespace internal_events::cli
