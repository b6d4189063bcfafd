#include "core/http/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/scripted_server.hpp"

namespace internal_events::core {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;
using End = Script::End;

TEST(Http, TellsASlowAnswerFromNone) {
  const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
  for (const std::string &sent : {std::string(), begun}) {
    const ScriptedServer server({.answer = sent, .end = End::hold});
    HttpRequest request = request_to(server.url());
    request.timeout = milliseconds(300);
    const HttpResponse response = send(request);
    EXPECT_EQ(response.status, sent.empty() ? 0 : 200);
    EXPECT_EQ(response.error, "127.0.0.1:" + std::to_string(server.port()) + " did not " +
                                  (sent.empty() ? "answer" : "finish its answer") +
                                  " within 300 ms; allow more time, or see what keeps the server");
    EXPECT_GE(response.elapsed, milliseconds(250));
    EXPECT_LE(response.elapsed, milliseconds(2'000));
  }
}

// For libcurl that is a lack of memory.
TEST(Http, TellsOfHeaderLinesThatAreTooLong) {
  for (const std::string name : {"X-Long", "Location"}) {
    const ScriptedServer server(
        {.answer = "HTTP/1.1 200 OK\r\n" + name + ": " + std::string(150'000, 'x') + "\r\nContent-Length: 0\r\n\r\n"});
    EXPECT_EQ(send(request_to(server.url())).error,
              "127.0.0.1:" + std::to_string(server.port()) +
                  " answered with a header line of more than 100 kB; check host and port, or see what stands between");
  }
}

// Port 9 of a documentation network: nothing answers there, whether packets are dropped or there is no way to it.
TEST(Http, TellsThatNoConnectionCame) {
  HttpRequest request = request_to("https://192.0.2.1:9/");
  request.connect_timeout = milliseconds(200);
  const HttpResponse response = send(request);
  EXPECT_EQ(response.status, 0);
  EXPECT_THAT(response.error, testing::AnyOf(StartsWith("no connection with 192.0.2.1:9 came about within 200 ms"),
                                             StartsWith("192.0.2.1:9 does not take connections")));
}

// The server takes the connection and says nothing, so that TLS is not made.
TEST(Http, CountsTlsAsConnecting) {
  const ScriptedServer server({.reads_request = false, .end = End::hold});
  HttpRequest request = request_to("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  request.connect_timeout = milliseconds(200);
  EXPECT_THAT(send(request).error, HasSubstr("came about within 200 ms"));
}

TEST(Http, TellsWhatIsNoTls) {
  const ScriptedServer server({.reads_request = false, .answer = "HTTP/1.1 400 Bad Request\r\n\r\n"});
  const HttpResponse response = send(request_to("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  EXPECT_THAT(response.error, StartsWith("no TLS connection with 127.0.0.1:"));
}

TEST(Http, TellsThatNobodyListens) {
  const std::string host = "127.0.0.1:" + std::to_string(unused_port());
  EXPECT_EQ(send(request_to("http://" + host + "/")).error,
            host + " does not take connections (Connection refused); check host and port, and that the server runs");
}

TEST(Http, TellsAnUnknownHost) {
  EXPECT_EQ(send(request_to("http://me:secret@nowhere.invalid/")).error,
            "the host nowhere.invalid is unknown; check the name, and the name service of this machine");
}

TEST(Http, TellsACloseWithoutAnAnswer) {
  const HttpResponse response = answer_to_script({});
  EXPECT_EQ(response.status, 0);
  EXPECT_THAT(response.error, HasSubstr("closed the connection without an answer; check that this port speaks http"));
}

TEST(Http, TellsAnAnswerThatBreaksOff) {
  const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
  for (const End end : {End::close, End::reset}) {
    const HttpResponse response = answer_to_script({.answer = begun, .end = end});
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.error, HasSubstr("broke the connection off before the answer was whole"));
  }
}

TEST(Http, TellsWhatIsNotHttp) {
  const HttpResponse response = answer_to_script({.answer = "SSH-2.0-OpenSSH_9.2\r\n"});
  EXPECT_EQ(response.status, 0);
  EXPECT_EQ(response.body, "");
  EXPECT_THAT(response.error, HasSubstr("answered with something that is not HTTP; check host and port"));
}

TEST(Http, TellsWhatIsWrongWithAProxy) {
  const ScriptedServer proxy({.answer = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"});
  HttpRequest request = request_to("https://nowhere.invalid/x");
  request.proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  EXPECT_EQ(send(request).error, "the proxy 127.0.0.1:" + std::to_string(proxy.port()) +
                                     " refused a tunnel to nowhere.invalid with status 407; check what it allows, and "
                                     "its user and password");
  request.proxy = "http://me:secret@127.0.0.1:" + std::to_string(unused_port());
  EXPECT_THAT(send(request).error, StartsWith("the proxy 127.0.0.1:"));
  request.proxy = "http://proxy.invalid:3128";
  EXPECT_EQ(send(request).error, "the proxy proxy.invalid:3128 is unknown; check its name");
}

TEST(Http, NamesACaFileThatItCannotRead) {
  const ScriptedServer server({.reads_request = false});
  HttpRequest request = request_to("https://127.0.0.1:" + std::to_string(server.port()));
  request.ca_file = "/nowhere/ca.pem";
  EXPECT_THAT(send(request).error, StartsWith("the CA file \"/nowhere/ca.pem\" cannot be read"));
}

TEST(Http, SendsNothingThatIsNotAsItMustBe) {
  EXPECT_THAT(send(request_to("file:///etc/passwd")).error, HasSubstr("is not http or https"));
  EXPECT_THAT(send(request_to("ftp://127.0.0.1/x")).error, HasSubstr("is not http or https"));
  const ScriptedServer server({.answer = answer("200 OK", "")});
  EXPECT_THAT(send(request_to(server.url(), "DELETE")).error, HasSubstr("is neither GET nor POST"));
  HttpRequest request = request_to(server.url());
  request.headers = {"X-Key: a\r\nX-Other: b"};
  EXPECT_THAT(send(request).error, StartsWith("a header has a line break"));
  EXPECT_FALSE(server.was_contacted());
}

TEST(Url, IsHttpOrHttpsWithAHost) {
  for (const char *url : {"http://a", "https://a.example:8443/b?c=d", "HTTPS://user:secret@a/", "http://[::1]:80/"}) {
    EXPECT_EQ(url_fault(url), std::nullopt) << url;
  }
  EXPECT_EQ(url_fault(""), "the address is empty; write it as https://host/path");
  EXPECT_EQ(url_fault("ftp://me:secret@a/b"),
            "the address \"ftp://***@a/b\" is not http or https; write it as https://host/path");
  for (const char *url : {"a.example/b", "http://", "https:///x", "https:/a.example", "http://a:99999/", "http://a b/",
                          "/x", "http://a\n/"}) {
    EXPECT_THAT(url_fault(url).value_or(""), HasSubstr("write it as https://host/path")) << url;
  }
  EXPECT_THAT(url_fault(std::string("http://a/\0b", 11)).value_or(""), HasSubstr("has a zero byte"));
}

TEST(Url, OfAProxyNamesHowToSpeakToIt) {
  for (const char *proxy : {"", "http://proxy:3128", "https://me:secret@proxy", "socks5h://proxy:1080"}) {
    EXPECT_EQ(proxy_fault(proxy), std::nullopt) << proxy;
  }
  EXPECT_EQ(proxy_fault("ftp://me:secret@proxy:3128"),
            "the proxy \"ftp://***@proxy:3128/\" is not http, https, socks5 or socks5h; write it as http://host:port");
  EXPECT_THAT(proxy_fault("proxy:3128").value_or(""), HasSubstr("write it as http://host:port"));
  HttpRequest request = request_to("http://127.0.0.1/");
  request.proxy = "proxy:3128";
  EXPECT_THAT(send(request).error, StartsWith("the proxy \"proxy:3128\""));
}

TEST(Url, IsShownWithoutCredentials) {
  EXPECT_EQ(without_credentials("https://me:secret@a.example/b?c#d"), "https://***@a.example/b?c#d");
  EXPECT_EQ(without_credentials("https://token@a.example/"), "https://***@a.example/");
  EXPECT_EQ(without_credentials("https://:secret@a.example/"), "https://***@a.example/");
  EXPECT_EQ(without_credentials("https://a.example?x=y@z"), "https://a.example?x=y@z");
  EXPECT_EQ(without_credentials("socks5://me:secret@a:1"), "socks5://***@a:1/");
  EXPECT_EQ(without_credentials("http://me:se cret@a:port/"), "http://***@a:port/");
  EXPECT_EQ(without_credentials("me:secret@a"), "***@a");
  EXPECT_EQ(without_credentials("plain"), "plain");
}

}  // namespace
}  // namespace internal_events::core
