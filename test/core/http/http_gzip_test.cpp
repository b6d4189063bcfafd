#include "core/http/gzip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <stdexcept>
#include <string>

#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using testing::HasSubstr;
using testing::Not;

// Reads one gzip member, of which nothing may be missing and after which nothing may follow.
std::string decompressed(const std::string &compressed, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) throw std::runtime_error("zlib does not start");
  std::string text(most + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef *>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int code = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  if (code != Z_STREAM_END || stream.avail_in != 0) throw std::runtime_error("this is not one gzip member");
  return text;
}

// Bytes that cannot be compressed.
std::string noise(std::size_t length) {
  std::mt19937 engine(1);  // NOLINT: the same in each run
  std::string bytes(length, '\0');
  for (char &byte : bytes) byte = static_cast<char>(engine());
  return bytes;
}

TEST(Gzip, GivesTheTextBack) {
  for (const std::string &text : {std::string(), std::string("a"), std::string("\0\xff", 2), noise(1), noise(40'000),
                                  noise(5 << 20), std::string(5 << 20, 'x')}) {
    EXPECT_TRUE(decompressed(gzip(text), text.size()) == text) << text.size();
  }
}

TEST(Gzip, MakesTextShorterAndNoiseHardlyLonger) {
  EXPECT_LT(gzip(std::string(1 << 20, 'x')).size(), 10'000U);
  EXPECT_LT(gzip(noise(1 << 20)).size(), (1U << 20U) + 1'000);
}

TEST(Http, CompressesABodyThatIsToBe) {
  ScriptedServer server({.answer = answer("200 OK", "fine")});
  HttpRequest request = request_to(server.url());
  for (int i = 0; i < 1'000; ++i) request.body += "{\"event\": " + std::to_string(i) + "}";
  request.gzip = true;
  request.headers = {"Content-Type: application/json"};
  EXPECT_EQ(send(request).status, 200);
  const std::string received = server.received();
  const std::size_t end = received.find("\r\n\r\n") + 4;
  const std::string head = received.substr(0, end);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: " + std::to_string(received.size() - end) + "\r\n"));
  EXPECT_LT(received.size() - end, request.body.size() / 2);
  EXPECT_EQ(decompressed(received.substr(end), request.body.size()), request.body);
}

TEST(Http, CompressesNothingWhereThereIsNoBody) {
  ScriptedServer server({.answer = answer("200 OK", "fine")});
  HttpRequest request = request_to(server.url(), "GET");
  request.gzip = true;
  EXPECT_EQ(send(request).status, 200);
  EXPECT_THAT(server.received(), Not(HasSubstr("Content-Encoding")));
}

}  // namespace
}  // namespace internal_events::core
