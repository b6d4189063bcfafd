#pragma once

#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "core/definitions/definition.hpp"
#include "core/definitions/yaml_document.hpp"
#include "core/json.hpp"

namespace internal_events::core {

// A definition file while it is being checked: what it says, and what is wrong with it.
class DefinitionFile {
 public:
  // Reads a file and holds it against the schema of its kind.
  DefinitionFile(std::string_view yaml, Kind kind, ParseOptions options);

  bool readable() const { return document_.has_value(); }
  const nlohmann::json &json() const { return document_->json; }

  // A member of the top level; null where there is none.
  const nlohmann::json &value(const std::string &key) const { return member_of(json(), key); }

  // The text of a member of the top level; empty where it is anything else.
  std::string text(const std::string &key) const;

  void report(Severity severity, const JsonPointer &place, std::string message);
  void error(const JsonPointer &place, std::string message) { report(Severity::error, place, std::move(message)); }
  void warning(const JsonPointer &place, std::string message) { report(Severity::warning, place, std::move(message)); }

  // Reports an error that may be gone when other definitions are loaded.
  void unresolved(const JsonPointer &place, std::string message);

  bool has_error() const { return core::has_error(problems_); }

  // What was found, in the order of the file.
  Problems take_problems();

 private:
  void check_schema(Kind kind);
  void check_unknown_keys(const nlohmann::json &value, const nlohmann::json &schema, const JsonPointer &place,
                          Severity severity);

  std::optional<Document> document_;
  Problems problems_;
};

// Runs a parser so that nothing but a lack of memory escapes from it; whatever else is thrown becomes a problem.
template <typename Definition>
Parsed<Definition> parse_guarded(std::string_view yaml, Kind kind, ParseOptions options,
                                 const std::function<Definition(DefinitionFile &)> &parse) {
  try {
    DefinitionFile file(yaml, kind, options);
    Parsed<Definition> parsed;
    if (file.readable()) parsed.definition = parse(file);
    if (file.has_error()) parsed.definition.reset();
    parsed.problems = file.take_problems();
    return parsed;
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return {std::nullopt, {{Severity::error, {}, "", std::string("cannot be read: ") + error.what()}}};
  }
}

}  // namespace internal_events::core
