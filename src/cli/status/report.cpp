#include "cli/status/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "cli/words.hpp"
#include "core/json.hpp"
#include "core/printable.hpp"

namespace internal_events::cli {
namespace {

constexpr std::size_t label_width = 14;
const std::string job_prefix = "internal_events ";

void print_line(const std::string &label, const std::string &text) {
  std::cout << style_of(Stream::output).bold(label) << std::string(label_width - label.size(), ' ') << text << '\n';
}

// How long ago something was; `seconds` is null where it has never been.
std::string ago(const Json &seconds) {
  return seconds.is_null() ? "never" : number(seconds) < 0 ? "in the future" : duration(number(seconds)) + " ago";
}

// What is wrong, in one line: monitoring shows the first line of a check.
void print_verdict(const Json &report, const std::string &where) {
  const Style style = style_of(Stream::output);
  const Json &findings = report.at("findings");
  const std::string place = where + (report.at("is_standby").get<bool>() ? ", a standby" : "") + ": ";
  if (findings.empty()) {
    std::cout << place << style.green("all is well") << '\n';
    return;
  }
  std::string codes;
  for (const Json &finding : findings) codes += (codes.empty() ? "" : ", ") + text(finding.at("code"));
  std::cout << place << style.red(counted(findings.size(), "finding")) << ": " << codes << '\n';
}

std::string versions(const Json &versions) {
  std::string line = "command " + text(versions.at("command")) + ", extension " + text(versions.at("extension"));
  if (versions.at("on_disk") != versions.at("extension")) line += " (on disk: " + text(versions.at("on_disk")) + ")";
  return line + ", PostgreSQL " + text(versions.at("server")) + ", hll " + text(versions.at("hll"));
}

std::string settings(const Json &settings) {
  const std::string as_of = text(settings.at("as_of"));
  return std::string("tracking ") + (settings.at("enabled").get<bool>() ? "on" : "off") + ", on_error " +
         text(settings.at("on_error")) + ", retention " + text(settings.at("event_retention")) +
         (as_of.empty() ? "" : ", as_of " + as_of) + ", pings " +
         (settings.at("service_ping_building").get<bool>() ? "built" : "not built") +
         (settings.at("service_ping_url_is_set").get<bool>() ? ", sent" : ", kept");
}

std::string definitions(const Json &definitions) {
  long long total = 0;
  std::string by_status;
  for (const auto &[status, metrics] : definitions.at("metrics").items()) {
    total += number(metrics);
    by_status += (by_status.empty() ? "" : ", ") + grouped(std::to_string(number(metrics))) + ' ' + status;
  }
  return counted(number(definitions.at("events")), "event") + "; " + counted(total, "metric") +
         (total > 0 ? ": " + by_status : "");
}

std::string log(const Json &log) {
  std::string line = size(number(log.at("bytes"))) + ", about " + counted(number(log.at("estimated_rows")), "event");
  if (number(log.at("partitions")) > 0) {
    line += ", " + counted(number(log.at("partitions")), "week") + " from " + text(log.at("first_week")) + " to " +
            text(log.at("last_week"));
  }
  if (number(log.at("default_rows")) > 0) {
    line += "; in the default partition: " + grouped(std::to_string(number(log.at("default_rows"))));
  }
  return line;
}

// How many events a reader has not read, `more` than its own tail has.
std::string backlog(const Json &reader, long long more) {
  const long long waiting = number(reader.at("unread")) + more;
  std::string line = (reader.at("unread_is_more").get<bool>() ? "more than " : "") + counted(waiting, "event") +
                     (waiting == 1 ? " waits" : " wait");
  if (!reader.at("lag_seconds").is_null()) line += ", the oldest for " + duration(number(reader.at("lag_seconds")));
  return line;
}

// The reader of a name; none where it does not run here.
const Json *reader_of(const Json &report, const std::string &name) {
  for (const Json &reader : report.at("readers")) {
    if (reader.at("name") == name) return &reader;
  }
  return nullptr;
}

std::string forwarding(const Json &report) {
  const Json &forwarding = report.at("forwarding");
  const Json *reader = reader_of(report, "forwarder");
  std::string line = text(forwarding.at("state"));
  if (reader == nullptr) return line;
  line += "; " + backlog(*reader, number(forwarding.at("queued"))) + "; " +
          grouped(std::to_string(number(forwarding.at("delivered")))) + " delivered, the last " +
          ago(forwarding.at("seconds_since_last_delivery"));
  if (number(forwarding.at("failures")) > 0) line += "; " + counted(number(forwarding.at("failures")), "failure");
  if (number(forwarding.at("dropped")) > 0)
    line += "; " + grouped(std::to_string(number(forwarding.at("dropped")))) + " dropped";
  return line;
}

std::string service_ping(const Json &pings) {
  const Json &last = pings.at("last");
  if (last.is_null()) return "none yet";
  std::string line = "number " + core::json_text(last.at("id")) + " of week " + text(last.at("week")) + ", " +
                     ago(last.at("seconds_since_recorded")) + ": " + text(last.at("status"));
  if (number(last.at("attempts")) > 0) {
    line += ", " + counted(number(last.at("attempts")), "attempt");
  }
  if (!last.at("next_attempt_at").is_null()) {
    const std::string due = text(last.at("next_attempt_at"));
    line += ", due " + due.substr(0, 10) + ' ' + due.substr(11, 5);
  }
  if (pings.at("waiting").size() > 1) line += "; " + std::to_string(pings.at("waiting").size()) + " wait";
  return line;
}

void print_facts(const Json &report) {
  print_line("Versions", versions(report.at("versions")));
  print_line("Settings", settings(report.at("settings")));
  print_line("Definitions", definitions(report.at("definitions")));
  print_line("Log", log(report.at("log")));
  print_line("Buckets", size(number(report.at("log").at("buckets_bytes"))));
  if (const Json *reader = reader_of(report, "rollup")) {
    const Json &idle = reader->at("seconds_since_last_run");
    print_line("Rollup", (idle.is_null() ? "has never run" : "ran " + ago(idle)) + "; " + backlog(*reader, 0));
  }
  print_line("Forwarding", forwarding(report));
  print_line("Service Ping", service_ping(report.at("service_pings")));
  const Json &scheduler = report.at("scheduler");
  print_line("Scheduler", scheduler.at("name").is_null()
                              ? "no pg_cron in this cluster: jobs are called by something else"
                              : "pg_cron in database \"" + text(scheduler.at("database")) + "\", " +
                                    (scheduler.at("is_running") ? "running" : "not running"));
}

void print_jobs(const Json &report) {
  std::vector<std::vector<std::string>> rows;
  for (const Json &job : report.at("jobs")) {
    const Json &registered = job.at("registered");
    if (registered.is_null()) continue;
    std::string name = registered.at("name").is_null() ? text(job.at("job")) : text(registered.at("name"));
    if (name.starts_with(job_prefix)) name.erase(0, job_prefix.size());
    std::string result = text(registered.at("last_status"));
    if (!registered.at("active").get<bool>()) result = "not active";
    rows.push_back({name, text(registered.at("schedule")), ago(job.at("seconds_since_last_start")), result});
  }
  if (rows.empty()) return;
  std::cout << '\n';
  print_table(std::cout, {"Job", "Schedule", "Last run", "Result"}, rows);
}

// What is wrong, and below it what to paste.
void print_finding(const Json &finding) {
  const Style style = style_of(Stream::output);
  const std::string severity = text(finding.at("severity"));
  const std::string message = core::printable(text(finding.at("message"))) + " (" + text(finding.at("code")) + ")";
  const std::vector<std::string> lines =
      wrapped(message, std::max<std::size_t>(terminal_width(), 40) - severity.size() - 2);
  std::cout << '\n' << (severity == "error" ? style.red(severity + ":") : style.yellow(severity + ":"));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::cout << (i == 0 ? " " : std::string(severity.size() + 2, ' ')) << lines[i] << '\n';
  }
  std::istringstream remedy(text(finding.at("remedy")));
  for (std::string line; std::getline(remedy, line);) std::cout << style.bold("    " + core::printable(line)) << '\n';
}

}  // namespace

void print_report(const Json &report, const std::string &where) {
  print_verdict(report, where);
  std::cout << '\n';
  print_facts(report);
  print_jobs(report);
  for (const Json &finding : report.at("findings")) print_finding(finding);
}

}  // namespace internal_events::cli
