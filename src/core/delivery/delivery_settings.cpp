#include "core/delivery/delivery_settings.hpp"

#include "core/delivery/forwarding_statements.hpp"
#include "core/delivery/snowplow_request.hpp"

namespace internal_events::core {
namespace {

constexpr std::size_t longest_answer_of_a_collector = 64 << 10;

}  // namespace

std::string user_agent(const std::string &extension_version, const std::string &server_major_version) {
  return "internal_events/" + extension_version + " (PostgreSQL " + server_major_version + ")";
}

HttpRequest configured_request(Session &session) {
  HttpRequest request;
  request.user_agent = session.user_agent();
  request.proxy = session.setting("http_proxy");
  request.ca_file = session.setting("ca_file");
  request.connect_timeout = std::chrono::milliseconds(std::stol(session.setting("http_connect_timeout")));
  request.timeout = std::chrono::milliseconds(std::stol(session.setting("http_timeout")));
  return request;
}

ForwardingOptions configured_forwarding(Session &session) {
  ForwardingOptions options;
  options.request = configured_request(session);
  options.request.method = "POST";
  options.request.url =
      collector_url(session.setting("snowplow_collector_url"), session.setting("snowplow_collector_path"));
  options.request.headers = {"Content-Type: application/json"};
  options.request.gzip = session.setting("snowplow_gzip") == "on";
  options.request.max_response = longest_answer_of_a_collector;
  options.connections = std::stoul(session.setting("snowplow_connections"));
  options.batch_bytes = std::stoul(session.setting("snowplow_batch_bytes"));
  options.patience = forwarding_patience;
  return options;
}

}  // namespace internal_events::core
