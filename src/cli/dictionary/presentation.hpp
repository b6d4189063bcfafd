// Values and rules in the words of a page.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/dictionary/model.hpp"

namespace internal_events::cli::dictionary {

// A fraction in percent: 0.81 for 0.0081; empty where there is none.
std::string percent(const std::string &fraction);

// A value as a person reads it: numbers grouped, texts without quotes, objects as JSON with that indent (-1: one line).
std::string readable(const nlohmann::json &value, int indent = -1);

// What a rule counts: "events", "distinct user.id", "sum of value".
std::string counted_by(const nlohmann::json &rule);

// The conditions of a rule: "label = npm, channel = stable"; empty where there are none.
std::string condition_of(const nlohmann::json &rule);

// The days that a metric's value covers; empty where it has none.
std::string period_of(const Loaded &loaded);

// The status of a metric, in the database where one was asked.
std::string status_of(const Metric &metric, bool is_asked);

// Why a metric has no value, and what to do about it; empty where it has one.
std::string remedy_of(const Metric &metric, const Source &source);

// What is to be said of the days of a history: their sum, where days may be added, and the highest.
std::string summary_of(const std::vector<Day> &history, bool is_additive);

// Whether the days of a metric may be added up: not where it counts each user or project once.
bool is_additive(const nlohmann::json &definition);

}  // namespace internal_events::cli::dictionary
