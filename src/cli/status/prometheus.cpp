#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/status/report.hpp"

namespace internal_events::cli {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Writes metrics one after the other, each with its help before its first value.
class Metrics {
 public:
  explicit Metrics(std::string database) : database_(std::move(database)) {}

  // Begins a metric, of which values may follow.
  void begin(const std::string &name, const std::string &help, const std::string &type = "gauge") {
    name_ = "internal_events_" + name;
    heading_ = "# HELP " + name_ + ' ' + help + "\n# TYPE " + name_ + ' ' + type + '\n';
  }

  // Writes a value of the metric begun last, unless it is null.
  void value(const Json &value, const Labels &labels = {}) {
    if (value.is_null()) return;
    std::cout << std::exchange(heading_, "") << name_ << "{database=\"" << escaped(database_) << '"';
    for (const auto &[label, text] : labels) std::cout << ',' << label << "=\"" << escaped(text) << '"';
    std::cout << "} " << (value.is_boolean() ? Json(value.get<bool>() ? 1 : 0) : value) << '\n';
  }

 private:
  static std::string escaped(const std::string &text) {
    std::string escaped;
    for (const char c : text) {
      if (c == '\n') {
        escaped += "\\n";
        continue;
      }
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return escaped;
  }

  std::string database_;
  std::string name_;
  std::string heading_;
};

void print_findings(Metrics &metrics, const Json &report) {
  metrics.begin("ok", "Whether nothing needs a hand.");
  metrics.value(report.at("ok"));
  metrics.begin("finding", "What needs a hand, 1 each.");
  for (const Json &finding : report.at("findings")) {
    metrics.value(1, {{"code", text(finding.at("code"))}, {"severity", text(finding.at("severity"))}});
  }
}

void print_log(Metrics &metrics, const Json &log) {
  metrics.begin("log_bytes", "Size of the log.");
  metrics.value(log.at("bytes"));
  metrics.begin("log_events", "Events in the log, estimated.");
  metrics.value(log.at("estimated_rows"));
  metrics.begin("log_default_events", "Events in the default partition; 100000: or more.");
  metrics.value(log.at("default_rows"));
  metrics.begin("buckets_bytes", "Size of the buckets.");
  metrics.value(log.at("buckets_bytes"));
}

// Prints a number of each reader.
void print_readers(Metrics &metrics, const Json &report, const std::string &name, const std::string &help,
                   const std::string &key) {
  metrics.begin(name, help);
  for (const Json &reader : report.at("readers")) metrics.value(reader.at(key), {{"reader", text(reader.at("name"))}});
}

void print_jobs(Metrics &metrics, const Json &jobs) {
  metrics.begin("job_seconds_since_last_start", "Seconds since pg_cron last started a job.");
  for (const Json &job : jobs) metrics.value(job.at("seconds_since_last_start"), {{"job", text(job.at("job"))}});
  metrics.begin("job_failed", "Whether the last run of a job failed.");
  for (const Json &job : jobs) {
    if (job.at("registered").is_null() || job.at("registered").at("last_status").is_null()) continue;
    metrics.value(job.at("registered").at("last_status") == "failed", {{"job", text(job.at("job"))}});
  }
}

void print_service_pings(Metrics &metrics, const Json &pings) {
  metrics.begin("service_ping_age_seconds", "Seconds since the last Service Ping was begun.");
  if (!pings.at("last").is_null()) metrics.value(pings.at("last").at("seconds_since_recorded"));
  metrics.begin("service_pings_waiting", "Service Pings that wait to be sent.");
  metrics.value(pings.at("waiting").size());
}

void print_forwarding(Metrics &metrics, const Json &forwarding) {
  metrics.begin("forwarding_queued", "Events that have been read and not been taken by the collector.");
  metrics.value(forwarding.at("queued"));
  metrics.begin("forwarding_failures", "Events that the collector does not take; 100000: or more.");
  metrics.value(forwarding.at("failures"));
  metrics.begin("forwarding_delivered_total", "Events that the collector has taken.", "counter");
  metrics.value(forwarding.at("delivered"));
  metrics.begin("forwarding_dropped_total", "Events that were lost before they were sent.", "counter");
  metrics.value(forwarding.at("dropped"));
}

}  // namespace

void print_prometheus(const Json &report) {
  Metrics metrics(report.value("database", ""));
  print_findings(metrics, report);
  if (!report.contains("log")) return;
  metrics.begin("metrics", "Metrics by their status.");
  for (const auto &[status, number] : report.at("definitions").at("metrics").items()) {
    metrics.value(number, {{"status", status}});
  }
  print_log(metrics, report.at("log"));
  print_readers(metrics, report, "reader_unread_events", "Events that a reader has not read; 100000: or more.",
                "unread");
  print_readers(metrics, report, "reader_lag_seconds", "Age of the oldest of them.", "lag_seconds");
  print_readers(metrics, report, "reader_seconds_since_last_run", "Seconds since a reader last read.",
                "seconds_since_last_run");
  print_jobs(metrics, report.at("jobs"));
  print_service_pings(metrics, report.at("service_pings"));
  print_forwarding(metrics, report.at("forwarding"));
}

}  // namespace internal_events::cli
