#include "core/delivery/prometheus.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace internal_events::core {
namespace {

using nlohmann::json;

// Text as it may stand in the query of a URL.
std::string percent_encoded(const std::string &text) {
  static constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (unreserved.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return encoded;
}

// A sample [time, "number"] as a JSON number; NaN and infinities are no numbers of JSON.
PrometheusAnswer read_sample(const json &sample) {
  const std::string text = sample.at(1).get<std::string>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return {{}, "the value is " + text + ", not a number"};
  }
  return {json_text(parse_json(text)) == text ? text : json_text(json(number)), {}};
}

// The data of an answer: a scalar, or a vector of one series.
PrometheusAnswer read_data(const json &data) {
  const json &result = data.at("result");
  if (data.at("resultType") == "scalar") return read_sample(result);
  if (data.at("resultType") != "vector") {
    return {{}, "the query gives a " + data.at("resultType").get<std::string>() + "; write one that gives a number"};
  }
  if (result.empty()) return {};
  if (result.size() > 1) {
    return {{}, "the query gives " + std::to_string(result.size()) + " series; aggregate them, as by sum()"};
  }
  return read_sample(result.at(0).at("value"));
}

}  // namespace

std::string prometheus_query_url(const std::string &server, const std::string &query) {
  const bool has_slash = !server.empty() && server.back() == '/';
  return server + (has_slash ? "" : "/") + "api/v1/query?query=" + percent_encoded(query);
}

PrometheusAnswer read_prometheus_answer(const HttpResponse &response) try {
  if (response.status == 0 || !response.error.empty()) return {{}, response.error};
  const json answer = parse_foreign_json(response.body);
  if (answer.is_object() && answer.value("status", "") == "error") {
    return {{}, "Prometheus refused the query: " + answer.value("error", "unknown error")};
  }
  if (response.status != 200) return {{}, "Prometheus answered with status " + std::to_string(response.status)};
  return read_data(answer.at("data"));
} catch (const json::exception &) {
  return {{}, "what answered is no Prometheus: internal_events.prometheus_url must lead to one"};
}

}  // namespace internal_events::core
