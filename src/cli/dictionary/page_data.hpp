// What templates are filled with.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/dictionary/model.hpp"

namespace internal_events::cli::dictionary {

using PageData = kainjow::mustache::data;

// Things to show in rows.
PageData no_rows();

// Something with members.
PageData no_members();

// A text, or nothing: a section of an empty text is not shown.
PageData text(const std::string &value);

// The parts of a key path or of an event's name, between which a line may break.
PageData parts_of(const std::string &name);

// The texts of a list, or of what stands for a list of one.
PageData items_of(const nlohmann::json &values);

// A metric's tiers, by the newer key or the older one.
const nlohmann::json &tiers_of(const nlohmann::json &definition);

// What a definition says by some keys, each with the words that a reader expects.
PageData facts_of(const nlohmann::json &definition, const std::vector<std::pair<const char *, const char *>> &keys);

// Where a definition comes from, and its text.
void set_definition(PageData &page, const Definition &definition);

// The days of a history, for the picture and the table below it.
void set_history(PageData &page, const Loaded &loaded, const std::string &unit, bool is_additive, const Source &source);

}  // namespace internal_events::cli::dictionary
