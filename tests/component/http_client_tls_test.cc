// The HTTP client over TLS, against servers with certificates of the tests' own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "platform/errors/errors.h"
#include "platform/http_client/client.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"

namespace telex::http_client {
namespace {

using tests::CertificateAuthority;
using tests::RawServer;

class HttpClientTlsTest : public ::testing::Test {
 protected:
  HttpClientTlsTest() { std::ofstream(folder_ / "ca.pem") << authority_.pem(); }

  static RawServer::Script Answer(std::string answer) {
    return [answer = std::move(answer)](RawServer::Peer& peer) {
      while (!peer.ReadRequest().empty()) peer.Write(answer);
    };
  }

  Result Get(const RawServer& server, const std::string& ca_file, int redirects_max = 0) {
    auto client = HttpClient::Create({.user_agent = "telex-test/1",
                                      .addresses = {.allow = {"127.0.0.0/8"}},
                                      .ca_file = ca_file});
    EXPECT_TRUE(client.ok()) << client.status();
    return (*client)->Send({.url = fmt::format("https://127.0.0.1:{}/", server.port()),
                            .redirects_max = redirects_max});
  }

  std::string ca_file() const { return folder_ / "ca.pem"; }

  tests::TempDir folder_;
  CertificateAuthority authority_;
  const std::string ok_ = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
};

TEST_F(HttpClientTlsTest, ThePeersCertificateIsAlwaysVerified) {
  const auto pair = authority_.Issue("server", "IP:127.0.0.1");
  RawServer server(Answer(ok_), &pair);
  const Result trusted = Get(server, ca_file());
  EXPECT_TRUE(trusted.status.ok()) << trusted.status;
  for (const std::string& other : {std::string(), folder_ / "missing.pem"}) {
    const Result result = Get(server, other);
    EXPECT_EQ(result.outcome, Outcome::kNotSent);
    EXPECT_EQ(errors::ReasonOf(result.status), "PEER_TLS_FAILED") << result.status;
  }
}

TEST_F(HttpClientTlsTest, ACertificateOfAnotherHostIsRefused) {
  const auto pair = authority_.Issue("server", "DNS:example.org");
  RawServer server(Answer(ok_), &pair);
  const Result result = Get(server, ca_file());
  EXPECT_EQ(result.outcome, Outcome::kNotSent);
  EXPECT_EQ(errors::ReasonOf(result.status), "PEER_TLS_FAILED") << result.status;
}

TEST_F(HttpClientTlsTest, OnePlainConnectionIsNotTls) {
  RawServer server([](RawServer::Peer& peer) { peer.Write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const Result result = Get(server, ca_file());
  EXPECT_EQ(result.outcome, Outcome::kNotSent);
  EXPECT_EQ(errors::ReasonOf(result.status), "PEER_TLS_FAILED") << result.status;
}

TEST_F(HttpClientTlsTest, NoRedirectFromHttpsToHttp) {
  RawServer plain(Answer(ok_));
  const auto pair = authority_.Issue("server", "IP:127.0.0.1");
  RawServer server(Answer(fmt::format("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{}/\r\n"
                                      "Content-Length: 0\r\n\r\n",
                                      plain.port())),
                   &pair);
  const Result result = Get(server, ca_file(), 3);
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_EQ(errors::ReasonOf(result.status), "ADDRESS_FORBIDDEN") << result.status;
  EXPECT_EQ(plain.connections(), 0);
}

}  // namespace
}  // namespace telex::http_client
