#pragma once

#include <string>

#include "core/http/http_client.hpp"

namespace internal_events::core {

// The address of an instant query at a Prometheus server.
std::string prometheus_query_url(const std::string &server, const std::string &query);

struct PrometheusAnswer {
  std::string value;  // a JSON number; empty: no series fits the query
  std::string error;  // empty: none
};

// Reads the answer to an instant query: one number is expected.
PrometheusAnswer read_prometheus_answer(const HttpResponse &response);

}  // namespace internal_events::core
