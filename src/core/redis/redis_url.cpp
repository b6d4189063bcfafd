#include "core/redis/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace internal_events::core {
namespace {

constexpr const char *form = "Write redis://[[user]:password@]host[:port][/database] or unix:///path[?db=database].";

// Why a URL is none; thrown within this file.
struct BadUrl {
  std::string fault;
  std::string remedy = form;
};

// Takes what stands before a separator off a text; nothing where there is no separator.
std::optional<std::string_view> take_before(std::string_view &text, char separator) {
  const std::size_t place = text.find(separator);
  if (place == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, place);
  text.remove_prefix(place + 1);
  return taken;
}

// Reads all of a text as a number up to a limit.
std::optional<int> read_number(std::string_view text, int largest, int base = 10) {
  unsigned number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  const bool is_all = error == std::errc{} && stop == text.data() + text.size();
  if (!is_all || number > static_cast<unsigned>(largest)) return std::nullopt;
  return static_cast<int>(number);
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (text[place] != '%') {
      decoded += text[place];
      continue;
    }
    const auto byte = place + 2 < text.size() ? read_number(text.substr(place + 1, 2), 255, 16) : std::nullopt;
    if (!byte) throw BadUrl{"a % is not followed by two hexadecimal digits"};
    decoded += static_cast<char>(*byte);
    place += 2;
  }
  return decoded;
}

int read_database(std::string_view text) {
  const std::optional<int> database = read_number(text, 1'000'000);
  if (!database) throw BadUrl{"\"" + std::string(text) + "\" is no number of a database"};
  return *database;
}

// Reads [[user]:password@]; a single word is the password, as for redis-cli.
void take_credentials(std::string_view &rest, RedisAddress &address) {
  const std::size_t end = rest.substr(0, rest.find_first_of("/?")).rfind('@');
  if (end == std::string_view::npos) return;
  std::string_view credentials = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (const auto user = take_before(credentials, ':')) address.user = percent_decoded(*user);
  address.password = percent_decoded(credentials);
}

// Reads host[:port]; a host in brackets is an IPv6 address.
void read_host(std::string_view text, RedisAddress &address) {
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const auto host = take_before(text, ']');
    if (!host) throw BadUrl{"the host's bracket is not closed"};
    address.host = *host;
  } else {
    address.host = percent_decoded(text.substr(0, text.find(':')));
    text.remove_prefix(std::min(text.find(':'), text.size()));
  }
  if (address.host.empty()) address.host = "127.0.0.1";
  if (text.empty()) return;
  const std::optional<int> port = text.starts_with(':') ? read_number(text.substr(1), 65535) : std::nullopt;
  if (!port || *port == 0) throw BadUrl{"\"" + std::string(text) + "\" is no port"};
  address.port = *port;
}

void read_network(std::string_view rest, RedisAddress &address) {
  take_credentials(rest, address);
  // What stands there may be part of a password, so it is not shown.
  if (rest.find('@') != std::string_view::npos) {
    throw BadUrl{"an @ stands behind a / or ?", "Write these signs of a password as %40, %2F and %3F."};
  }
  if (rest.find_first_of("?#") != std::string_view::npos) throw BadUrl{"a URL of Redis has no parameters"};
  const std::size_t slash = rest.find('/');
  read_host(rest.substr(0, slash), address);
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    address.database = read_database(rest.substr(slash + 1));
  }
}

void read_socket(std::string_view rest, RedisAddress &address) {
  take_credentials(rest, address);
  const std::size_t question = rest.find('?');
  address.path = percent_decoded(rest.substr(0, question));
  if (!address.path.starts_with('/')) throw BadUrl{"the path of a socket begins with /"};
  if (question == std::string_view::npos) return;
  const std::string_view parameters = rest.substr(question + 1);
  if (!parameters.starts_with("db=")) throw BadUrl{"\"" + std::string(parameters) + "\" is no parameter"};
  address.database = read_database(parameters.substr(3));
}

RedisAddress read_url(std::string_view url) {
  RedisAddress address;
  constexpr std::string_view network = "redis://";
  constexpr std::string_view socket = "unix://";
  if (url.starts_with("rediss://")) {
    throw BadUrl{"TLS is not spoken here",
                 "Let a tunnel speak it, such as stunnel or ssh -L, and name its end by redis://."};
  }
  if (url.starts_with(network)) {
    read_network(url.substr(network.size()), address);
  } else if (url.starts_with(socket)) {
    read_socket(url.substr(socket.size()), address);
  } else {
    throw BadUrl{"it begins with neither redis:// nor unix://"};
  }
  return address;
}

}  // namespace

std::string RedisAddress::description() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string text = path.empty() ? (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port) : path;
  if (database != 0) text += ", database " + std::to_string(database);
  return text;
}

ParsedRedisUrl parse_redis_url(std::string_view url) {
  try {
    return {.address = read_url(url), .fault = {}, .remedy = {}};
  } catch (BadUrl &error) {
    return {.address = {}, .fault = std::move(error.fault), .remedy = std::move(error.remedy)};
  }
}

}  // namespace internal_events::core
