#include "core/definitions/calculation.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definitions/schema.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "core/yaml/scalar.hpp"

namespace internal_events::core {
namespace {

constexpr std::array<std::string_view, 4> operations_on_columns = {"distinct_count", "estimate_distinct_count", "sum",
                                                                   "average"};

// What a value can be made of, and by which keys that is told.
struct CalculationKind {
  std::string_view name;
  std::vector<std::string_view> telling;  // keys that no other kind has; all of them are needed, but for aggregate
  std::vector<std::string_view> others;
};

// All kinds; database comes last, because an SQL query with a stray key of it is a query.
const std::vector<CalculationKind> &kinds() {
  static const std::vector<CalculationKind> all = {
      {"generic", {"sql"}, {}},
      {"setting", {"setting"}, {}},
      {"numbers", {"add"}, {}},
      {"aggregate", {"union", "intersect"}, {}},
      {"prometheus", {"query"}, {}},
      {"database",
       {"operation", "relation"},
       {"column", "where", "timestamp_column", "batch_column", "batch_size", "start", "finish", "group_by"}},
  };
  return all;
}

JsonPointer place_of(std::string_view key) {
  return JsonPointer("/instrumentation") / std::string(key);
}

// What the schema allows for a key, in words.
std::string allowed_for(std::string_view key) {
  return allowed_by(*schema_of_member(calculation_schema(), std::string(key)));
}

// The kind that a calculation names, and none where it does not or the schema refused the name.
const CalculationKind *named_kind(const nlohmann::json &calculation) {
  const nlohmann::json &name = member_of(calculation, "kind");
  const auto found =
      std::find_if(kinds().begin(), kinds().end(), [&](const CalculationKind &kind) { return name == kind.name; });
  return found == kinds().end() ? nullptr : &*found;
}

// The first key of a calculation that tells its kind.
std::string_view telling_key(const nlohmann::json &calculation, const CalculationKind &kind) {
  const auto found = std::find_if(kind.telling.begin(), kind.telling.end(),
                                  [&](std::string_view key) { return calculation.contains(key); });
  return found == kind.telling.end() ? "" : *found;
}

// The kind of a calculation by its keys.
const CalculationKind *inferred_kind(const nlohmann::json &calculation) {
  const auto found = std::find_if(kinds().begin(), kinds().end(),
                                  [&](const CalculationKind &kind) { return !telling_key(calculation, kind).empty(); });
  return found == kinds().end() ? nullptr : &*found;
}

// Reports keys that other kinds have; those that none has are known to be wrong already.
void check_strange_keys(DefinitionFile &file, const nlohmann::json &calculation, const CalculationKind &kind) {
  const bool is_named = named_kind(calculation) != nullptr;
  const std::string refusal = "is not a key of kind " + std::string(kind.name);
  for (const auto &[key, value] : calculation.items()) {
    const bool is_known = schema_of_member(calculation_schema(), key) != nullptr;
    if (!is_known || key == "kind" || contains(kind.telling, key) || contains(kind.others, key)) continue;
    file.error(place_of(key), is_named ? refusal + "; remove it"
                                       : refusal + ", which " + std::string(telling_key(calculation, kind)) +
                                             " stands for; remove one of the two");
  }
}

// Reports what a calculation lacks.
void check_needed_keys(DefinitionFile &file, const nlohmann::json &calculation, const CalculationKind &kind) {
  if (kind.name == "aggregate") {
    const bool unites = calculation.contains("union");
    const bool intersects = calculation.contains("intersect");
    if (!unites && !intersects) file.error(place_of("union"), "is missing; kind aggregate needs union or intersect");
    if (unites && intersects) {
      file.error(place_of("intersect"), "cannot be used together with union; remove one of the two");
    }
    return;
  }
  for (const std::string_view key : kind.telling) {
    if (!calculation.contains(key)) file.error(place_of(key), "is missing; it must be " + allowed_for(key));
  }
}

// Reports an operation without the column that it is about.
void check_column(DefinitionFile &file, const nlohmann::json &calculation) {
  const std::string operation = text_of(calculation, "operation");
  if (!contains(operations_on_columns, operation) || calculation.contains("column")) return;
  file.error(place_of("column"), "is missing; operation " + operation + " needs " + allowed_for("column"));
}

// The value type that a calculation results in, and the reason; a query or a setting may result in any.
std::pair<std::string, std::string> value_type_of(const nlohmann::json &calculation) {
  const std::string kind = calculation.at("kind").get<std::string>();
  if (calculation.contains("group_by")) return {"object", "instrumentation.group_by makes a member of each group"};
  if (kind == "database") return {"number", "an instrumentation of kind database without group_by results in one"};
  if (has_components(calculation)) return {"number", "an instrumentation of kind " + kind + " results in one"};
  return {};
}

}  // namespace

nlohmann::json read_calculation(DefinitionFile &file, bool has_bounds) {
  const nlohmann::json &written = file.value("instrumentation");
  if (!written.is_object()) return nullptr;
  nlohmann::json calculation = nlohmann::json::object();
  for (const auto &[key, value] : written.items()) {
    if (!value.is_null()) calculation[key] = canonical_value(value);
  }
  const CalculationKind *named = named_kind(calculation);
  const CalculationKind *kind = named != nullptr ? named : inferred_kind(calculation);
  if (kind == nullptr) {
    file.error(JsonPointer("/instrumentation"),
               "does not say what is computed; give one of: sql, setting, add, union, intersect, query, or operation "
               "and relation");
    return nullptr;
  }
  check_strange_keys(file, calculation, *kind);
  check_needed_keys(file, calculation, *kind);
  if (kind->name == "database") check_column(file, calculation);
  calculation["kind"] = kind->name;
  if (kind->name == "database" && has_bounds) calculation.emplace("timestamp_column", "created_at");
  return calculation;
}

bool has_components(const nlohmann::json &calculation) {
  const nlohmann::json &kind = member_of(calculation, "kind");
  return kind == "numbers" || kind == "aggregate";
}

void check_calculation_of_metric(DefinitionFile &file, const nlohmann::json &calculation) {
  if (!calculation.is_object()) return;
  if (!file.value("events").empty()) {
    file.error(JsonPointer("/instrumentation"), "cannot be used together with events; remove one of the two");
  }
  const auto [type, reason] = value_type_of(calculation);
  const std::string written = file.text("value_type");
  if (!type.empty() && !written.empty() && written != type) {
    file.error(JsonPointer("/value_type"), "must be " + type + ", because " + reason);
  }
  if (calculation.at("kind") == "aggregate" && file.value("time_frame") == "none") {
    file.error(
        JsonPointer("/time_frame"),
        "\"none\" is not a time frame that an instrumentation of kind aggregate has; allowed is one of: 7d, 28d, "
        "all");
  }
}

std::string canonical_options(const nlohmann::json &file) {
  const nlohmann::json &options = member_of(file, "options");
  return options.is_object() ? json_text(canonical_value(options)) : "";
}

}  // namespace internal_events::core
