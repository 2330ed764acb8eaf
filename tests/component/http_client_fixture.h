#pragma once

// What the tests of the HTTP client share: a client that may ask loopback, and servers' scripts.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/http_client/client.h"
#include "tests/support/raw_server.h"

namespace telex::http_client {

using tests::RawServer;

inline const std::vector<std::string> kLoopback = {"127.0.0.0/8"};

inline std::unique_ptr<HttpClient> MakeClient(ClientOptions options) {
  options.user_agent = "telex-test/1";
  auto client = HttpClient::Create(std::move(options));
  EXPECT_TRUE(client.ok()) << client.status();
  return client.ok() ? *std::move(client) : nullptr;
}

inline std::string UrlOf(std::uint16_t port, std::string_view path = "/") {
  return fmt::format("http://127.0.0.1:{}{}", port, path);
}

// What it came to; the status has the reason.
inline void ExpectFailure(const Result& result, Outcome outcome, std::string_view reason) {
  EXPECT_EQ(NameOf(result.outcome), NameOf(outcome)) << result.status;
  EXPECT_EQ(errors::ReasonOf(result.status), reason) << result.status;
}

// Answers each request of a connection with the same bytes.
inline RawServer::Script Always(std::string answer) {
  return [answer = std::move(answer)](RawServer::Peer& peer) {
    while (!peer.ReadRequest().empty()) peer.Write(answer);
  };
}

// Reads one request, sends the bytes, and hangs up.
inline RawServer::Script Once(std::string answer) {
  return [answer = std::move(answer)](RawServer::Peer& peer) {
    peer.ReadRequest();
    peer.Write(answer);
  };
}

inline constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class HttpClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<HttpClient> client_ = MakeClient({.addresses = {.allow = kLoopback}});
};

}  // namespace telex::http_client
