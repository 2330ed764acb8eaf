// The HTTP client against servers on loopback: proper ones, and such as do what no server should.
#include <absl/strings/match.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <mutex>
#include <vector>

#include "platform/compress/compress.h"
#include "platform/errors/errors.h"
#include "platform/http/server.h"
#include "platform/http_client/client.h"
#include "tests/component/http_client_fixture.h"
#include "tests/support/http_get.h"

namespace telex::http_client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// --- what is sent, and what comes back ---------------------------------------------------------

TEST_F(HttpClientTest, SendsWhatIsAskedAndNothingElse) {
  std::string seen;
  RawServer server([&](RawServer::Peer& peer) {
    seen = peer.ReadRequest();
    peer.Write(kOk);
  });
  const Result result = client_->Send({.method = Method::kPost,
                                       .url = UrlOf(server.port(), "/v1/x?y=z"),
                                       .headers = {{"Content-Type", "application/json"},
                                                   {"X-Empty", ""},
                                                   {"Authorization", "Bearer t"}},
                                       .body = "{}"});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(seen, StartsWith("POST /v1/x?y=z HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nUser-Agent: telex-test/1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Bearer t\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Expect")));
  EXPECT_THAT(seen, ::testing::EndsWith("\r\n\r\n{}"));
}

TEST_F(HttpClientTest, EachMethodIsItself) {
  std::vector<std::string> lines;
  RawServer server([&](RawServer::Peer& peer) {
    for (std::string request; !(request = peer.ReadRequest()).empty();) {
      lines.push_back(request.substr(0, request.find(' ')) + "|" +
                      request.substr(request.find("\r\n\r\n") + 4));
      EXPECT_THAT(request, Not(HasSubstr("Content-Type"))) << "the caller gave none";
      peer.Write(request.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
                                             : kOk);
    }
  });
  const std::string url = UrlOf(server.port());
  for (const Method method : {Method::kGet, Method::kHead, Method::kPut, Method::kDelete}) {
    const Result result = client_->Send({.method = method, .url = url});
    EXPECT_TRUE(result.status.ok()) << NameOf(method) << " " << result.status;
  }
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    const Result result =
        client_->Send({.method = method, .url = url, .body = "b", .idempotent = true});
    EXPECT_TRUE(result.status.ok()) << NameOf(method) << " " << result.status;
  }
  EXPECT_THAT(lines, ElementsAre("GET|", "HEAD|", "PUT|", "DELETE|", "POST|b", "PUT|b", "PATCH|b",
                                 "DELETE|b"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, AnAnswerHasItsHeadersOfTheLastHeadAlone) {
  RawServer server(
      Once("HTTP/1.1 103 Early Hints\r\nLink: <early>\r\n\r\n"
           "HTTP/1.1 200 OK\r\nLink: <a>; rel=hub\r\nlink: <b>; rel=self\r\n"
           "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nLink: <trailer>\r\n\r\n"));
  const Result result = client_->Send({.url = UrlOf(server.port())});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.answer->status, 200);
  EXPECT_EQ(result.answer->body, "ok");
  std::vector<std::string> links;
  for (const auto& [name, value] : result.answer->headers.lines()) {
    if (absl::EqualsIgnoreCase(name, "LINK")) links.push_back(value);
  }
  EXPECT_THAT(links, ElementsAre("<a>; rel=hub", "<b>; rel=self"));
}

TEST_F(HttpClientTest, EveryStatusIsAnAnswerWithAnOutcome) {
  auto server = http::Server::Start({}, [](const http::Request& request, http::Responder answer) {
    const int status = std::stoi(std::string(request.path.substr(1)));
    if (status == 429) {
      answer.Send(http::Problem(status, "SLOW", "Slow", "Slow down.", {{"Retry-After", "7"}}));
    } else {
      answer.Send(http::Text(status, "text/plain", "words"));
    }
  });
  ASSERT_TRUE(server.ok());
  const auto send = [&](std::string_view path) {
    return client_->Send({.url = UrlOf((*server)->port(), path)});
  };
  EXPECT_EQ(send("/201").outcome, Outcome::kDone);
  const Result refused = send("/403?token=hidden");
  ExpectFailure(refused, Outcome::kRefused, "PEER_REFUSED");
  EXPECT_EQ(refused.answer->body, "words") << "what the peer says of it is the caller's to read";
  EXPECT_THAT(std::string(refused.status.message()), Not(HasSubstr("hidden")));
  const Result later = send("/429");
  ExpectFailure(later, Outcome::kTryLater, "PEER_TRY_LATER");
  EXPECT_EQ(later.retry_after, absl::Seconds(7));
  ExpectFailure(send("/500"), Outcome::kUnknown, "PEER_FAILED");
}

TEST_F(HttpClientTest, CompressedAnswersAreBoundedAsWhatTheyHold) {
  const std::string zeros(1 << 20, '0');
  const std::string packed = compress::Gzip(zeros).value();
  const std::string head = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.size());
  RawServer server(Always(head + packed));
  const Result whole = client_->Send({.url = UrlOf(server.port())});
  ASSERT_TRUE(whole.status.ok()) << whole.status;
  EXPECT_EQ(whole.answer->body, zeros);
  ExpectFailure(client_->Send({.url = UrlOf(server.port()), .body_bytes_max = zeros.size() - 1}),
                Outcome::kBadAnswer, "PEER_BAD_ANSWER");
  RawServer broken(Once(head + std::string(packed.size(), 'x')));
  ExpectFailure(client_->Send({.url = UrlOf(broken.port())}), Outcome::kBadAnswer,
                "PEER_BAD_ANSWER");
}

// --- connections -------------------------------------------------------------------------------

TEST_F(HttpClientTest, ConnectionsAreKept) {
  RawServer server(Always(kOk));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client_->Send({.url = UrlOf(server.port())}).status.ok());
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, WhatMustNotBeSentTwiceGetsAConnectionOfItsOwn) {
  RawServer server(Always(kOk));
  const Request get{.url = UrlOf(server.port())};
  const Request post{.method = Method::kPost, .url = UrlOf(server.port()), .body = "b"};
  EXPECT_TRUE(client_->Send(get).status.ok());
  EXPECT_TRUE(client_->Send(post).status.ok());
  EXPECT_EQ(server.connections(), 2);
  EXPECT_TRUE(client_->Send(post).status.ok());
  EXPECT_EQ(server.connections(), 3);
  EXPECT_TRUE(client_->Send(get).status.ok());
  EXPECT_EQ(server.connections(), 3);
}

// The peer closes each connection after the first request that it has read on a kept one: just
// what makes libcurl send a request again.
TEST_F(HttpClientTest, APostIsNeverSentTwice) {
  std::atomic<int> posts = 0;
  RawServer server([&](RawServer::Peer& peer) {
    for (int i = 0;; ++i) {
      const std::string request = peer.ReadRequest();
      if (request.empty()) return;
      if (request.starts_with("POST")) {
        ++posts;
        return;
      }
      if (i > 0) return;
      peer.Write(kOk);
    }
  });
  ASSERT_TRUE(client_->Send({.url = UrlOf(server.port())}).status.ok());
  ExpectFailure(client_->Send({.method = Method::kPost, .url = UrlOf(server.port()), .body = "b"}),
                Outcome::kUnknown, "PEER_NO_ANSWER");
  EXPECT_EQ(posts, 1);
  EXPECT_TRUE(client_->Send({.url = UrlOf(server.port())}).status.ok())
      << "a GET finds another connection by itself";
}

TEST_F(HttpClientTest, SeveralAtOnceFromManyThreads) {
  auto server =
      http::Server::Start({.threads = 2}, [](const http::Request& request, http::Responder answer) {
        answer.Send(http::Text(200, "text/plain", std::string(request.path)));
      });
  ASSERT_TRUE(server.ok());
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        const std::string path = fmt::format("/{}-{}", t, i);
        const Result result = client_->Send({.url = UrlOf((*server)->port(), path)});
        if (result.status.ok() && result.answer->body == path) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 180);
}

TEST_F(HttpClientTest, NoMoreAtOnceThanMayBe) {
  std::latch arrived(1);
  RawServer server([&](RawServer::Peer& peer) {
    peer.ReadRequest();
    arrived.count_down();
    peer.WaitUntilGone();
  });
  client_ = MakeClient({.addresses = {.allow = kLoopback}, .requests_max = 1});
  std::stop_source stop;
  std::jthread first([&] { client_->Send({.url = UrlOf(server.port())}, stop.get_token()); });
  arrived.wait();
  ExpectFailure(client_->Send({.url = UrlOf(server.port()), .timeout = absl::Milliseconds(20)}),
                Outcome::kNotSent, "OVERLOADED");
  stop.request_stop();
}

// --- answers that are none ---------------------------------------------------------------------

TEST_F(HttpClientTest, ABodyBeyondItsBoundIsABadAnswer) {
  const std::string body(100, 'x');
  const std::string head = "HTTP/1.1 200 OK\r\n";
  RawServer told(Once(head + "Content-Length: 100\r\n\r\n" + body));
  RawServer chunked(
      Once(head + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + body + "\r\n0\r\n\r\n"));
  for (const std::uint16_t port : {told.port(), chunked.port()}) {
    const Result result = client_->Send({.url = UrlOf(port), .body_bytes_max = 99});
    ExpectFailure(result, Outcome::kBadAnswer, "PEER_BAD_ANSWER");
    EXPECT_TRUE(absl::IsResourceExhausted(result.status));
    EXPECT_FALSE(result.answer);
  }
  RawServer again(Once(head + "Content-Length: 100\r\n\r\n" + body));
  EXPECT_TRUE(client_->Send({.url = UrlOf(again.port()), .body_bytes_max = 100}).status.ok());
}

TEST_F(HttpClientTest, AHeadWithoutEndIsABadAnswer) {
  RawServer lines([](RawServer::Peer& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\n");
    while (peer.Write("X-More: and more\r\n")) {
    }
  });
  RawServer line([](RawServer::Peer& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nX: ");
    while (peer.Write(std::string(1024, 'x'))) {
    }
  });
  RawServer hints([](RawServer::Peer& peer) {
    peer.ReadRequest();
    while (peer.Write("HTTP/1.1 103 Early Hints\r\n\r\n")) {
    }
  });
  for (const std::uint16_t port : {lines.port(), line.port(), hints.port()}) {
    ExpectFailure(client_->Send({.url = UrlOf(port)}), Outcome::kBadAnswer, "PEER_BAD_ANSWER");
  }
}

TEST_F(HttpClientTest, WhatIsNotHttpIsABadAnswer) {
  RawServer server(Once("220 mail.example.org ESMTP\r\n"));
  ExpectFailure(client_->Send({.url = UrlOf(server.port())}), Outcome::kBadAnswer,
                "PEER_BAD_ANSWER");
}

TEST_F(HttpClientTest, HalfAnAnswerIsNoAnswer) {
  for (const char* half : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"}) {
    RawServer server(Once(half));
    const Result result =
        client_->Send({.method = Method::kPost, .url = UrlOf(server.port()), .body = "b"});
    ExpectFailure(result, Outcome::kUnknown, "PEER_NO_ANSWER");
    EXPECT_FALSE(result.answer) << half;
  }
}

TEST_F(HttpClientTest, TheTimeoutIsOfAllOfIt) {
  RawServer silent([](RawServer::Peer& peer) { peer.WaitUntilGone(); });
  RawServer slow([](RawServer::Peer& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    peer.WaitUntilGone();
  });
  for (const std::uint16_t port : {silent.port(), slow.port()}) {
    const auto began = std::chrono::steady_clock::now();
    const Result result = client_->Send({.url = UrlOf(port), .timeout = absl::Milliseconds(100)});
    const auto took = std::chrono::steady_clock::now() - began;
    ExpectFailure(result, Outcome::kUnknown, "PEER_NO_ANSWER");
    EXPECT_TRUE(absl::IsDeadlineExceeded(result.status)) << result.status;
    EXPECT_GE(took, std::chrono::milliseconds(90));
  }
}

TEST_F(HttpClientTest, NobodyThereIsNotSent) {
  ExpectFailure(client_->Send({.url = UrlOf(tests::FreePort())}), Outcome::kNotSent,
                "PEER_UNREACHABLE");
  ExpectFailure(client_->Send({.url = "http://nobody.invalid/", .timeout = absl::Seconds(5)}),
                Outcome::kNotSent, "PEER_UNREACHABLE");
  ExpectFailure(client_->Send({.url = "http://127.0.0.1/", .timeout = absl::ZeroDuration()}),
                Outcome::kNotSent, "PEER_UNREACHABLE");
}

TEST_F(HttpClientTest, StoppedAtOnce) {
  std::latch arrived(1);
  RawServer server([&](RawServer::Peer& peer) {
    peer.ReadRequest();
    arrived.count_down();
    peer.WaitUntilGone();
  });
  std::stop_source stop;
  std::jthread stopper([&] {
    arrived.wait();
    stop.request_stop();
  });
  const Result result =
      client_->Send({.url = UrlOf(server.port()), .timeout = absl::Minutes(10)}, stop.get_token());
  ExpectFailure(result, Outcome::kUnknown, "REQUEST_CANCELLED");
  EXPECT_TRUE(absl::IsCancelled(result.status));
  ExpectFailure(client_->Send({.url = UrlOf(server.port())}, stop.get_token()), Outcome::kNotSent,
                "REQUEST_CANCELLED");
}

// --- redirects ---------------------------------------------------------------------------------

std::string RedirectTo(std::string_view location, int status = 302) {
  return fmt::format("HTTP/1.1 {} Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", status,
                     location);
}

TEST_F(HttpClientTest, RedirectsAreFollowedOnlyAsFarAsAsked) {
  RawServer loop(Always(RedirectTo("/again")));
  const Result none = client_->Send({.url = UrlOf(loop.port())});
  ExpectFailure(none, Outcome::kRefused, "PEER_REFUSED");
  EXPECT_EQ(none.answer->headers.Find("location"), "/again");
  const Result looped = client_->Send({.url = UrlOf(loop.port()), .redirects_max = 3});
  ExpectFailure(looped, Outcome::kBadAnswer, "PEER_BAD_ANSWER");

  RawServer server([](RawServer::Peer& peer) {
    for (std::string request; !(request = peer.ReadRequest()).empty();) {
      peer.Write(request.starts_with("GET /there ") ? kOk : RedirectTo("there", 308));
    }
  });
  const Result followed = client_->Send({.url = UrlOf(server.port(), "/"), .redirects_max = 1});
  ASSERT_TRUE(followed.status.ok()) << followed.status;
  EXPECT_EQ(followed.answer->url, UrlOf(server.port(), "/there"));
  ExpectFailure(
      client_->Send({.method = Method::kPost, .url = UrlOf(server.port()), .redirects_max = 1}),
      Outcome::kRefused, "PEER_REFUSED");
}

TEST_F(HttpClientTest, SecretsDoNotFollowToAnotherOrigin) {
  std::string seen;
  RawServer other([&](RawServer::Peer& peer) {
    seen = peer.ReadRequest();
    peer.Write(kOk);
  });
  RawServer server(Always(RedirectTo(UrlOf(other.port(), "/x"))));
  const Result result = client_->Send({.url = UrlOf(server.port()),
                                       .headers = {{"X-Api-Key", "hidden", true},
                                                   {"Authorization", "Bearer hidden"},
                                                   {"X-Plain", "shown"}},
                                       .redirects_max = 1});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(seen, HasSubstr("X-Plain: shown"));
  EXPECT_THAT(seen, Not(HasSubstr("hidden")));
}

TEST_F(HttpClientTest, ARedirectIsCheckedAsTheFirstUrlWas) {
  for (const char* location :
       {"http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/meta"}) {
    RawServer server(Always(RedirectTo(location)));
    ExpectFailure(client_->Send({.url = UrlOf(server.port()), .redirects_max = 1}),
                  Outcome::kRefused, "ADDRESS_FORBIDDEN");
  }
  for (const char* location : {"file:///etc/passwd", "http://user:pw@127.0.0.1/", "gopher://a/"}) {
    RawServer server(Always(RedirectTo(location)));
    ExpectFailure(client_->Send({.url = UrlOf(server.port()), .redirects_max = 1}),
                  Outcome::kBadAnswer, "PEER_BAD_ANSWER");
  }
}

}  // namespace
}  // namespace telex::http_client
