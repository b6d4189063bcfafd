#include "core/definitions/user_schema.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

constexpr std::size_t longest_json = std::size_t{1} << 20U;
constexpr std::size_t deepest_json = 100;
constexpr std::size_t most_parts = 10'000;
constexpr std::size_t most_comparisons = 2'000'000;

// Keywords that hold a schema or a list of schemas, in any of the drafts.
constexpr std::array<std::string_view, 15> schema_keywords{"additionalItems",
                                                           "additionalProperties",
                                                           "allOf",
                                                           "anyOf",
                                                           "contains",
                                                           "disallow",
                                                           "else",
                                                           "extends",
                                                           "if",
                                                           "items",
                                                           "not",
                                                           "oneOf",
                                                           "then",
                                                           "propertyNames",
                                                           "type"};

// Keywords that hold schemas by names of the user's choice.
constexpr std::array<std::string_view, 4> map_keywords{"$defs", "definitions", "dependencies", "properties"};

// How deep JSON is nested; no deeper than is allowed, because this goes through it with the stack.
std::size_t depth_of(const json &value, std::size_t allowed) {
  if (!value.is_structured()) return 0;
  if (allowed == 0) return 1;
  std::size_t deepest = 0;
  for (const json &part : value) deepest = std::max(deepest, depth_of(part, allowed - 1));
  return deepest + 1;
}

// Makes integers that valijson would take for negative the largest that it can read.
void limit_integers(json &value) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(largest)) value = largest;
  if (!value.is_structured()) return;
  for (json &part : value) limit_integers(part);
}

// Throws at a regular expression: matching backtracks, for hours if it is made for that, and cannot be cancelled.
void refuse_patterns(const json &schema) {
  for (const char *keyword : {"pattern", "patternProperties"}) {
    if (!schema.contains(keyword)) continue;
    throw Unacceptable("the keyword " + std::string(keyword) +
                       " is not taken, because a regular expression may take for ever; use enum, minLength and "
                       "maxLength, or properties by name");
  }
}

// Throws unless a number can be divided by.
void check_divisor(const json &divisor, const std::string &keyword) {
  if (!divisor.is_number() || divisor <= 0) throw Unacceptable(keyword + " is not a number above 0; write one");
}

// What a schema comes to with everything that it refers to.
struct Extent {
  std::size_t parts = 0;
  std::size_t depth = 0;
};

// Goes through all parts of one schema.
class Walk {
 public:
  explicit Walk(json &root) : root_(root) {}

  // Visits a schema, once however often it is referred to.
  Extent visit(json &schema) {
    const auto [known, is_new] = extents_.try_emplace(&schema);
    if (!is_new) {
      if (!known->second) throw Unacceptable("a $ref leads back to the schema that it is part of; take it out");
      return *known->second;
    }
    if (++open_ > deepest_json) too_much();
    const Extent extent = visit_new(schema);
    --open_;
    if (extent.parts > most_parts || extent.depth > deepest_json) too_much();
    known->second = extent;
    return extent;
  }

  bool has_unique_items() const { return has_unique_items_; }

 private:
  [[noreturn]] static void too_much() {
    throw Unacceptable("the schema comes, with all its references, to more than " + std::to_string(most_parts) +
                       " parts or " + std::to_string(deepest_json) + " levels; make it simpler");
  }

  // Visits what a schema consists of.
  Extent visit_new(json &schema) {
    Extent extent{1, 1};
    if (!schema.is_object()) return extent;
    refuse_patterns(schema);
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      add(extent, visit(target_of(*reference)));
      return extent;
    }
    // valijson stops with an error where what has a format is no string.
    schema.erase("format");
    note_costs(schema);
    for (const json &member : schema) extent.parts += member.size();
    for (const std::string_view keyword : schema_keywords) {
      if (const auto part = schema.find(keyword); part != schema.end()) add_all(extent, *part, part->is_array());
    }
    for (const std::string_view keyword : map_keywords) {
      if (const auto parts = schema.find(keyword); parts != schema.end() && parts->is_object()) {
        add_all(extent, *parts, true);
      }
    }
    return extent;
  }

  // Adds a schema, or those in a list or mapping.
  void add_all(Extent &extent, json &part, bool holds_several) {
    if (!holds_several) {
      if (part.is_object()) add(extent, visit(part));
      return;
    }
    for (json &member : part) {
      if (member.is_object()) add(extent, visit(member));
    }
  }

  static void add(Extent &whole, const Extent &part) {
    whole.parts += part.parts;
    whole.depth = std::max(whole.depth, part.depth + 1);
  }

  // The part of the schema that a $ref names. It is strict, so that valijson cannot understand it in another way.
  json &target_of(const json &reference) {
    const std::string text = bare_text(reference);
    if (!text.starts_with('#')) {
      throw Unacceptable("the $ref " + in_quotes(text) +
                         " leads out of the schema, and nothing is fetched; copy what it names into the schema");
    }
    const std::string path = text.substr(1);
    const bool is_plain =
        path.find('%') == std::string::npos && path.find("//") == std::string::npos && !path.ends_with('/');
    try {
      if (is_plain) return root_.at(json::json_pointer(path));
    } catch (const json::exception &) {  // Told below, with the other reasons.
    }
    throw Unacceptable("the $ref " + in_quotes(text) + " names nothing in the schema; write it as #/definitions/name");
  }

  // Notes the keywords that make a value dear to validate, or impossible.
  void note_costs(const json &schema) {
    for (const char *keyword : {"multipleOf", "divisibleBy"}) {
      // valijson divides by it: the processor stops the server at a 0, and at the least integer divided by -1.
      if (const auto divisor = schema.find(keyword); divisor != schema.end()) check_divisor(*divisor, keyword);
    }
    has_unique_items_ = has_unique_items_ || schema.contains("uniqueItems");
  }

  json &root_;
  std::map<const json *, std::optional<Extent>> extents_;
  std::size_t open_ = 0;
  bool has_unique_items_ = false;
};

// Counts what there is to look at in a value.
std::size_t count_parts(const json &value, bool has_unique_items) {
  std::size_t parts = 1;
  if (!value.is_structured()) return parts;
  // Each two items are compared, and two that are equal make a fault.
  if (has_unique_items && value.is_array()) parts += value.size() * value.size() / 2;
  for (const json &part : value) parts += count_parts(part, has_unique_items);
  return parts;
}

}  // namespace

nlohmann::json parse_limited(const std::string &text, const std::string &what) {
  if (text.size() > longest_json) throw Unacceptable("the " + what + " is longer than 1 MiB; make it shorter");
  json parsed;
  try {
    parsed = parse_json(text);
  } catch (const json::parse_error &error) {
    throw Unacceptable("the " + what + " is not JSON from byte " + std::to_string(error.byte) + " on; correct it");
  } catch (const json::exception &) {
    throw Unacceptable("the " + what + " has a number that is too large; write a smaller one");
  }
  if (depth_of(parsed, deepest_json) > deepest_json) {
    throw Unacceptable("the " + what + " is nested more than " + std::to_string(deepest_json) +
                       " levels deep; make it flatter");
  }
  limit_integers(parsed);
  return parsed;
}

SchemaCost prepare_schema(nlohmann::json &schema) {
  Walk walk(schema);
  const Extent extent = walk.visit(schema);
  return {extent.parts, walk.has_unique_items()};
}

void check_size(const nlohmann::json &value, const SchemaCost &cost) {
  if (count_parts(value, cost.has_unique_items) > most_comparisons / cost.parts) {
    throw Unacceptable(
        "the value is too large to be checked with this schema; report less, or make the schema simpler");
  }
}

}  // namespace internal_events::core
