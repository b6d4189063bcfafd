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

HttpRequest configured_request(const ReadSetting &setting, const std::string &user_agent) {
  HttpRequest request;
  request.user_agent = user_agent;
  request.proxy = setting("http_proxy");
  request.ca_file = setting("ca_file");
  request.connect_timeout = std::chrono::milliseconds(std::stol(setting("http_connect_timeout")));
  request.timeout = std::chrono::milliseconds(std::stol(setting("http_timeout")));
  return request;
}

ForwardingOptions configured_forwarding(const ReadSetting &setting, const std::string &user_agent) {
  ForwardingOptions options;
  options.request = configured_request(setting, user_agent);
  options.request.method = "POST";
  options.request.url = collector_url(setting("snowplow_collector_url"), setting("snowplow_collector_path"));
  options.request.headers = {"Content-Type: application/json"};
  options.request.gzip = setting("snowplow_gzip") == "on";
  options.request.max_response = longest_answer_of_a_collector;
  options.connections = std::stoul(setting("snowplow_connections"));
  options.batch_bytes = std::stoul(setting("snowplow_batch_bytes"));
  options.patience = forwarding_patience;
  return options;
}

}  // namespace internal_events::core
