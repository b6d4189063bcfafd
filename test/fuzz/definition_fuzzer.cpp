#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/definitions/definition.hpp"

namespace core = internal_events::core;

// A definition is there exactly where no error was found, and arbitrary bytes do no harm.
template <typename Definition>
static void check(const core::Parsed<Definition> &parsed) {
  if (parsed.definition.has_value() == core::has_error(parsed.problems)) std::abort();
}

// A catalog with a conflict and an event for inputs to run into.
static core::Catalog sample_catalog() {
  core::Catalog catalog;
  catalog.events["issue_created"] = {false, {"label", "value", "custom"}};
  catalog.key_paths["counts.issues"] = "counts.issues";
  catalog.metrics["counts.issues"] = {"all", "number", "user.id", true};
  return catalog;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const core::Catalog catalog = sample_catalog();
  const std::string_view yaml(reinterpret_cast<const char *>(data), size);
  check(core::parse_event(yaml));
  check(core::parse_metric(yaml, catalog));
  check(core::parse_metric(yaml, catalog, {.strict = true}));
  check(core::parse_instrumentation(yaml));
  core::catalog_needs(yaml);
  core::identify(yaml);
  return 0;
}
